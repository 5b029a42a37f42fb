using System.Globalization;

namespace EmotionMLNet.Training.Reports;

/// <summary>One curve.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The points in ascending X; values that are not finite are left out.</param>
/// <param name="Dashed">Drawn dashed, by convention for training as against validation.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dashed = false);

/// <summary>Curves over epochs as SVG.</summary>
internal static class LineChart
{
    private const int Plot = 220, Right = 14;
    private const string Grey = "#7f7f7f";

    /// <summary>Draws the chart; without any point, an empty frame. Where all X are whole numbers, so are the ticks.</summary>
    /// <param name="title">Short.</param>
    /// <param name="xLabel">The name of the X axis.</param>
    /// <param name="yLabel">The name of the Y axis.</param>
    /// <param name="series">The curves.</param>
    /// <param name="level">A level to compare all with, drawn as a grey line across.</param>
    public static string Draw(
        string title,
        string xLabel,
        string yLabel,
        IReadOnlyList<ChartSeries> series,
        (string Name, double Y)? level = null
    )
    {
        ChartSeries[] finite =
        [
            .. series.Select(s => s with { Points = [.. s.Points.Where(p => double.IsFinite(p.Y))] }).Where(s => s.Points.Count > 0),
        ];
        (double X, double Y)[] all = [.. finite.SelectMany(s => s.Points)];
        if (all.Length == 0) all = [(0, 0), (1, 1)];
        bool whole = all.All(p => p.X == Math.Floor(p.X));
        IEnumerable<double> heights = level is { } l ? [.. all.Select(p => p.Y), l.Y] : all.Select(p => p.Y);
        var frame = new ChartFrame(
            ChartAxis.Cover(xLabel, all.Min(p => p.X), all.Max(p => p.X), 8, whole),
            ChartAxis.Cover(yLabel, heights.Min(), heights.Max()),
            Plot,
            Right
        );
        string[] names = [.. finite.Select(s => s.Name), .. level is { } named ? (string[])[named.Name] : []];
        var svg = new Svg(ChartFrame.Width, frame.Height(names), title, Describe(finite, xLabel, yLabel, level));
        frame.Draw(svg, title, upright: false);
        if (level is { } line)
            svg.Path([(ChartFrame.Left, frame.Y(line.Y)), (ChartFrame.Width - Right, frame.Y(line.Y))], Grey, dashed: true);
        for (int i = 0; i < finite.Length; i++) Curve(svg, finite[i], Svg.Palette[i % Svg.Palette.Count], frame);
        ChartLegend.Draw(
            svg,
            names,
            ChartFrame.Left,
            frame.LegendTop,
            ChartFrame.Width - ChartFrame.Left,
            (i, x, y) =>
                svg.Path(
                    [(x, y), (x + 24, y)],
                    i < finite.Length ? Svg.Palette[i % Svg.Palette.Count] : Grey,
                    i == finite.Length || finite[i].Dashed
                )
        );
        return svg.ToString();
    }

    private static void Curve(Svg svg, ChartSeries series, string colour, ChartFrame frame)
    {
        svg.Path([.. series.Points.Select(p => (frame.X(p.X), frame.Y(p.Y)))], colour, series.Dashed);
        double radius = series.Points.Count == 1 ? 4 : 2.5;
        foreach ((double px, double py) in series.Points)
            svg.Circle(
                frame.X(px),
                frame.Y(py),
                radius,
                colour,
                string.Create(CultureInfo.InvariantCulture, $"{series.Name}, {px:0.##}: {py:0.####}")
            );
    }

    private static string Describe(IEnumerable<ChartSeries> series, string xLabel, string yLabel, (string Name, double Y)? level) =>
        $"{yLabel} against {xLabel}. "
        + string.Join(
            ' ',
            series.Select(s =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.Name}: from {s.Points[0].Y:0.####} to {s.Points[^1].Y:0.####}, lowest {s.Points.Min(p => p.Y):0.####}, "
                        + $"highest {s.Points.Max(p => p.Y):0.####}."
                )
            )
        )
        + (level is { } l ? string.Create(CultureInfo.InvariantCulture, $" {l.Name}: {l.Y:0.####}.") : "");
}
