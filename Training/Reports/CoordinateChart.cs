namespace EmotionMLNet.Training.Reports;

/// <summary>
/// Parallel coordinates as SVG: an axis a row, a line for each thing from row to row. Lying axes have room for their names on a phone,
/// which standing ones have not.
/// </summary>
internal static class CoordinateChart
{
    private const int Left = 24, Right = 64, Top = 34, Row = 58, Line = 26;

    /// <param name="title">Short.</param>
    /// <param name="description">A text for those who cannot see the chart.</param>
    /// <param name="axes">From top to bottom; places are 0 to 1.</param>
    /// <param name="lines">Best first: a name, and a place on each axis or null where the axis does not count.</param>
    public static string Draw(
        string title,
        string description,
        IReadOnlyList<ChartAxis> axes,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Places)> lines
    )
    {
        string[] legend = [lines[0].Name, .. lines.Count > 1 ? (string[])["the others"] : []];
        int bottom = Top + axes.Count * Row;
        var svg = new Svg(ChartFrame.Width, bottom + ChartLegend.Height(legend, ChartFrame.Width - Left) + 8, title, description);
        svg.Text(ChartFrame.Width / 2.0, 20, Svg.Fit(title, ChartFrame.Width - 8), "middle", "title");
        for (int i = 0; i < axes.Count; i++) svg.Line(Left, Y(i), ChartFrame.Width - Right, Y(i), "axis");
        foreach ((_, IReadOnlyList<double?> places) in lines.Skip(1).Reverse()) Draw(places, Svg.Palette[^1], 1.5, 0.6);
        Draw(lines[0].Places, Svg.Palette[0], 3, 1);
        foreach ((int i, ChartAxis axis) in axes.Index())
        {
            string name = Svg.Fit(axis.Name, ChartFrame.Width - Left - 8);
            svg.Text(Left - 8, Top + i * Row + 14, name, cssClass: "halo", tip: name == axis.Name ? null : axis.Name);
            foreach ((double at, string text) in axis.Ticks)
            {
                svg.Line(X(at), Y(i) - 3, X(at), Y(i) + 3, "axis");
                svg.Text(X(at), Y(i) + 18, text, "middle", "halo");
            }
            if (lines.Any(l => l.Places[i] is null)) svg.Text(X(null), Y(i) + 18, "off", "middle", "halo");
        }
        ChartLegend.Draw(
            svg,
            legend,
            Left,
            bottom,
            ChartFrame.Width - Left,
            (i, x, y) => svg.Path([(x, y), (x + 24, y)], i == 0 ? Svg.Palette[0] : Svg.Palette[^1], dashed: false, i == 0 ? 3 : 1.5)
        );
        return svg.ToString();

        double Y(int row) => Top + row * Row + Line;

        static double X(double? place) => place is { } at ? Left + at * (ChartFrame.Width - Left - Right) : ChartFrame.Width - Right / 2.5;

        void Draw(IReadOnlyList<double?> places, string colour, double width, double opacity) =>
            svg.Path([.. places.Select((p, i) => (X(p), Y(i)))], colour, dashed: false, width, opacity);
    }
}
