using System.Globalization;

namespace EmotionMLNet.Training.Reports;

/// <summary>An axis of a chart. Who has a scale of another kind gives positions on that scale, and texts for them.</summary>
/// <param name="Name">Written beside it.</param>
/// <param name="Low">Where it begins.</param>
/// <param name="High">Where it ends, above that.</param>
/// <param name="Ticks">Positions and what stands there.</param>
internal sealed record ChartAxis(string Name, double Low, double High, IReadOnlyList<(double At, string Text)> Ticks)
{
    /// <summary>An axis with round ticks that cover a range.</summary>
    /// <param name="name">Written beside it.</param>
    /// <param name="low">Smallest value shown.</param>
    /// <param name="high">Largest value shown.</param>
    /// <param name="wanted">About how many ticks, at least 2.</param>
    /// <param name="whole">Whether there is nothing between whole numbers; a single one stands in the middle.</param>
    public static ChartAxis Cover(string name, double low, double high, int wanted = 6, bool whole = false)
    {
        double[] ticks = AxisTicks.Compute(low, high, wanted, whole);
        (double first, double last) = ticks is [var single] ? (single - 1, single + 1) : (ticks[0], ticks[^1]);
        return new(name, first, last, [.. ticks.Select(t => (t, t.ToString("0.####", CultureInfo.InvariantCulture)))]);
    }

    /// <summary>A logarithmic axis that covers a range; its positions are powers of ten.</summary>
    /// <param name="name">Written beside it.</param>
    /// <param name="low">Smallest value shown, positive.</param>
    /// <param name="high">Largest value shown.</param>
    public static ChartAxis CoverPowers(string name, double low, double high)
    {
        (double At, string Text)[] ticks =
        [
            .. AxisTicks.ComputePowers(low, high).Select(t => (Math.Log10(t), t.ToString("#,0.######", CultureInfo.InvariantCulture))),
        ];
        return new(name, ticks[0].At, ticks[^1].At, ticks);
    }
}

/// <summary>Title, axes and grid of a chart, narrow enough that its text stays legible on a phone and with three charts side by side.
/// </summary>
/// <param name="x">From left to right.</param>
/// <param name="y">Upwards.</param>
/// <param name="plot">Height of the part with the data, in pixels.</param>
/// <param name="right">Pixels that are kept free at the right.</param>
internal sealed class ChartFrame(ChartAxis x, ChartAxis y, int plot, int right)
{
    public const int Width = 420, Left = 56, Top = 34;
    private const int Axis = 50, Below = 8;

    /// <summary>Where the legend begins.</summary>
    public int LegendTop => Top + plot + Axis;

    /// <summary>Pixels of the whole chart.</summary>
    /// <param name="names">What stands in the legend.</param>
    public int Height(IReadOnlyList<string> names) => LegendTop + ChartLegend.Height(names, Width - Left) + Below;

    /// <summary>Pixels from the left.</summary>
    public double X(double value) => Left + (value - x.Low) / (x.High - x.Low) * (Width - Left - right);

    /// <summary>Pixels from the top.</summary>
    public double Y(double value) => Top + plot - (value - y.Low) / (y.High - y.Low) * plot;

    /// <param name="svg">The chart.</param>
    /// <param name="title">Cut where it is too long.</param>
    /// <param name="upright">Whether the grid has upright lines instead of an axis at the bottom.</param>
    public void Draw(Svg svg, string title, bool upright)
    {
        string shown = Svg.Fit(title, Width - 8);
        svg.Text(Width / 2.0, 20, shown, "middle", "title", tip: shown == title ? null : title);
        foreach ((double at, string text) in y.Ticks)
        {
            svg.Line(Left, Y(at), Width - right, Y(at), "grid");
            svg.Text(Left - 8, Y(at) + 4, text, "end");
        }
        foreach ((double at, string text) in x.Ticks)
        {
            if (upright) svg.Line(X(at), Top, X(at), Top + plot, "grid");
            svg.Text(X(at), Top + plot + 18, text, "middle");
        }
        if (!upright) svg.Line(Left, Top + plot, Width - right, Top + plot, "axis");
        svg.Text((Left + Width - right) / 2.0, Top + plot + 38, x.Name, "middle");
        svg.Text(14, Top + plot / 2.0, y.Name, "middle", rotate: -90);
    }
}
