namespace EmotionMLNet.Training.Tuning;

/// <summary>What a trial had reached after so much of the resource.</summary>
/// <param name="Resource">Epochs, or what else a trial is given more and more of; at least 1.</param>
/// <param name="Loss">What is made small; NaN is worse than any number.</param>
internal readonly record struct Measurement(int Resource, double Loss);

/// <summary>A trial as the history knows it.</summary>
internal sealed record Trial
{
    /// <summary>Its number, from 0, in the order of the proposals.</summary>
    public required int Id { get; init; }

    /// <summary>What was proposed, as <see cref="Space.SearchCube.Snap"/> makes it.</summary>
    public required double[] Point { get; init; }

    /// <summary>What was measured, by rising resource; empty at first.</summary>
    public IReadOnlyList<Measurement> Measurements { get; init; } = [];

    /// <summary>Whether it is under way: no more is known than what was measured before.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it came to nothing; it counts as worse than all others.</summary>
    public bool HasFailed { get; init; }

    /// <summary>What it has cost, in any unit.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>Whether it ended or waits, with a loss or a failure.</summary>
    public bool IsFinished => !IsRunning && (HasFailed || Measurements.Count > 0);

    /// <summary>The last loss; NaN where there is none.</summary>
    public double Loss => HasFailed || Measurements.Count == 0 ? double.NaN : Measurements[^1].Loss;

    /// <summary>The loss after exactly so much of the resource, or null.</summary>
    public double? LossAt(int resource)
    {
        foreach (Measurement m in Measurements)
            if (m.Resource == resource) return m.Loss;
        return null;
    }
}

/// <summary>Losses by size: NaN is worse than any number.</summary>
internal static class LossOrder
{
    /// <summary>Whether a loss is better than another one.</summary>
    public static bool IsBetter(double loss, double than) => loss < than || !double.IsNaN(loss) && double.IsNaN(than);

    /// <summary>For sorting: the better one first.</summary>
    public static int Compare(double a, double b) => IsBetter(a, b) ? -1 : IsBetter(b, a) ? 1 : 0;
}
