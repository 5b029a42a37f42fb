namespace EmotionMLNet.Training.Reports;

/// <summary>A stretch of time in a lane.</summary>
/// <param name="From">On the scale of the axis.</param>
/// <param name="To">At least that.</param>
/// <param name="Level">Number of its kind, from 0.</param>
/// <param name="Tip">Shown under the pointer.</param>
internal sealed record LaneBar(double From, double To, int Level, string Tip);

/// <summary>Who did what when: a lane each, bars of several kinds, which differ in height as in colour, as SVG.</summary>
internal static class LaneChart
{
    private const int Left = 16, Right = 30, Top = 34, Name = 18, Bar = 20, Gap = 8, Axis = 50;

    /// <param name="title">Short.</param>
    /// <param name="description">A text for those who cannot see the chart.</param>
    /// <param name="time">From left to right.</param>
    /// <param name="kinds">Names in the legend, at least one; the last one's bars are highest.</param>
    /// <param name="lanes">Names and bars.</param>
    public static string Draw(
        string title,
        string description,
        ChartAxis time,
        IReadOnlyList<string> kinds,
        IReadOnlyList<(string Name, IReadOnlyList<LaneBar> Bars)> lanes
    )
    {
        int body = lanes.Count * (Name + Bar + Gap), legend = Top + body + Axis;
        var svg = new Svg(ChartFrame.Width, legend + ChartLegend.Height(kinds, ChartFrame.Width - Left) + 8, title, description);
        svg.Text(ChartFrame.Width / 2.0, 20, Svg.Fit(title, ChartFrame.Width - 8), "middle", "title");
        foreach ((double at, string text) in time.Ticks)
        {
            svg.Line(X(at), Top, X(at), Top + body, "grid");
            svg.Text(X(at), Top + body + 18, text, "middle");
        }
        svg.Text(ChartFrame.Width / 2.0, Top + body + 38, time.Name, "middle");
        foreach ((int lane, (string name, IReadOnlyList<LaneBar> bars)) in lanes.Index())
        {
            double bottom = Top + lane * (Name + Bar + Gap) + Name + Bar;
            string shown = Svg.Fit(name, ChartFrame.Width - Left - Right);
            svg.Text(Left, bottom - Bar - 5, shown, tip: shown == name ? null : name);
            svg.Line(Left, bottom, ChartFrame.Width - Right, bottom, "axis");
            foreach (LaneBar bar in bars)
            {
                // A gap keeps neighbours apart; what is shorter than it is still there.
                double wide = Math.Max(1, X(bar.To) - X(bar.From) - 0.5);
                svg.Rectangle(X(bar.From), bottom - Tall(bar.Level), wide, Tall(bar.Level), Colour(bar.Level), bar.Tip);
            }
        }
        ChartLegend.Draw(
            svg,
            kinds,
            Left,
            legend,
            ChartFrame.Width - Left,
            (i, x, y) => svg.Rectangle(x + 8, y + 8 - Tall(i) * 0.8, 12, Tall(i) * 0.8, Colour(i))
        );
        return svg.ToString();

        double X(double at) => Left + (at - time.Low) / (time.High - time.Low) * (ChartFrame.Width - Left - Right);

        double Tall(int level) => Bar * (0.4 + 0.6 * (level + 1) / kinds.Count);
    }

    private static string Colour(int level) => Svg.Palette[level % Svg.Palette.Count];
}
