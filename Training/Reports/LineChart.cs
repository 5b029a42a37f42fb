using System.Globalization;

namespace EmotionMLNet.Training.Reports;

/// <summary>One curve.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The points in ascending X; values that are not finite are left out.</param>
/// <param name="Dashed">Drawn dashed, by convention for training as against validation.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dashed = false);

/// <summary>Curves over epochs as SVG, narrow enough that its text stays legible on a phone and with three charts side by side.</summary>
internal static class LineChart
{
    private const int Width = 420, Left = 56, Right = 14, Top = 34, Plot = 220, Axis = 50;
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
        double[] xs = AxisTicks.Compute(all.Min(p => p.X), all.Max(p => p.X), 8, whole),
            ys = AxisTicks.Compute(heights.Min(), heights.Max());
        (double first, double last) = xs.Length == 1 ? (xs[0] - 1, xs[0] + 1) : (xs[0], xs[^1]); // a single epoch is a point in the middle
        double X(double x) => Left + (x - first) / (last - first) * (Width - Left - Right);
        double Y(double y) => Top + Plot - (y - ys[0]) / (ys[^1] - ys[0]) * Plot;

        string[] names = [.. finite.Select(s => s.Name), .. level is { } named ? (string[])[named.Name] : []];
        int legend = Top + Plot + Axis, height = legend + ChartLegend.Height(names, Width - Left) + 8;
        var svg = new Svg(Width, height, title, Describe(finite, xLabel, yLabel, level));
        svg.Text(Width / 2.0, 20, Svg.Fit(title, Width - 8), "middle", "title");
        foreach (double y in ys)
        {
            svg.Line(Left, Y(y), Width - Right, Y(y), "grid");
            svg.Text(Left - 8, Y(y) + 4, y.ToString("0.####", CultureInfo.InvariantCulture), "end");
        }
        foreach (double x in xs) svg.Text(X(x), Top + Plot + 18, x.ToString("0.####", CultureInfo.InvariantCulture), "middle");
        svg.Line(Left, Top + Plot, Width - Right, Top + Plot, "axis");
        svg.Text((Left + Width - Right) / 2.0, Top + Plot + 38, xLabel, "middle");
        svg.Text(14, Top + Plot / 2.0, yLabel, "middle", rotate: -90);
        if (level is { } line) svg.Path([(Left, Y(line.Y)), (Width - Right, Y(line.Y))], Grey, dashed: true);
        for (int i = 0; i < finite.Length; i++) Curve(svg, finite[i], Svg.Palette[i % Svg.Palette.Count], X, Y);
        ChartLegend.Draw(
            svg,
            names,
            Left,
            legend,
            Width - Left,
            (i, x, y) =>
                svg.Path(
                    [(x, y), (x + 24, y)],
                    i < finite.Length ? Svg.Palette[i % Svg.Palette.Count] : Grey,
                    i == finite.Length || finite[i].Dashed
                )
        );
        return svg.ToString();
    }

    private static void Curve(Svg svg, ChartSeries series, string colour, Func<double, double> x, Func<double, double> y)
    {
        svg.Path([.. series.Points.Select(p => (x(p.X), y(p.Y)))], colour, series.Dashed);
        double radius = series.Points.Count == 1 ? 4 : 2.5;
        foreach ((double px, double py) in series.Points)
            svg.Circle(x(px), y(py), radius, colour, string.Create(CultureInfo.InvariantCulture, $"{series.Name}, {px:0.##}: {py:0.####}"));
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
