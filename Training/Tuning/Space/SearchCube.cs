namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>One dimension of the unit cube.</summary>
internal sealed record CubeAxis
{
    /// <summary>Number of choices without an order, in equal cells; 0 for numbers.</summary>
    public int Choices { get; init; }

    /// <summary>Number of different values; 0 for a continuum.</summary>
    public int Values { get; init; }

    /// <summary>Where the default lies, 0 to 1.</summary>
    public double Rest { get; init; } = 0.5;

    /// <summary>From a coordinate to that of the value it stands for: the middle of its cell.</summary>
    public Func<double, double> Snap { get; init; } = u => u;

    /// <summary>Choices on which the axis depends, and which of their values make it count.</summary>
    public IReadOnlyList<(int Axis, bool[] Allowed)> When { get; init; } = [];

    /// <summary>Which choice lies at u.</summary>
    public int ChoiceAt(double u) => Math.Min((int)(u * Choices), Choices - 1);
}

/// <summary>A search space as tuners see it: axes of length 1, some of which count only where others have certain values.</summary>
internal sealed class SearchCube
{
    /// <exception cref="ArgumentException">Conditions go in a circle.</exception>
    public SearchCube(IReadOnlyList<CubeAxis> axes)
    {
        Axes = axes;
        Rest = [.. axes.Select(a => a.Rest)];
        Order = Sort(axes);
    }

    /// <summary>The axes, in the order of a point's coordinates.</summary>
    public IReadOnlyList<CubeAxis> Axes { get; }

    /// <summary>The same with each behind those on which it depends.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>The point of all defaults.</summary>
    public double[] Rest { get; }

    /// <summary>Number of axes.</summary>
    public int Dimensions => Axes.Count;

    /// <summary>Which axes count at a point.</summary>
    public bool[] FindActive(IReadOnlyList<double> point)
    {
        var active = new bool[Dimensions];
        foreach (int i in Order) active[i] = Axes[i].When.All(w => active[w.Axis] && w.Allowed[Axes[w.Axis].ChoiceAt(point[w.Axis])]);
        return active;
    }

    /// <summary>Whether an axis counts at a point.</summary>
    public bool IsActive(int axis, IReadOnlyList<double> point) =>
        Axes[axis].When.All(w => w.Allowed[Axes[w.Axis].ChoiceAt(point[w.Axis])] && IsActive(w.Axis, point));

    /// <summary>The point as it is tried: each axis at a value it can have, those that do not count at rest.</summary>
    public double[] Snap(IReadOnlyList<double> point)
    {
        bool[] active = FindActive(point);
        return [.. point.Select((u, i) => active[i] ? Axes[i].Snap(u) : Rest[i])];
    }

    private static int[] Sort(IReadOnlyList<CubeAxis> axes)
    {
        var order = new List<int>();
        while (order.Count < axes.Count)
        {
            int before = order.Count;
            for (int i = 0; i < axes.Count; i++)
                if (!order.Contains(i) && axes[i].When.All(w => order.Contains(w.Axis))) order.Add(i);
            if (order.Count == before) throw new ArgumentException("Conditions of the search space go in a circle.");
        }
        return [.. order];
    }
}
