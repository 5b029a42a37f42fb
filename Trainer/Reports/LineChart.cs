using System.Globalization;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>One curve.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">In ascending X; values that are not finite are left out.</param>
/// <param name="Dashed">Drawn dashed, by convention for training as against validation.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dashed = false);

/// <summary>Curves over epochs as SVG.</summary>
internal static class LineChart
{
    private const int Width = 640, Height = 360, Left = 64, Right = 16, Top = 36, Bottom = 72, LegendColumns = 3, LegendRow = 20;

    /// <summary>Draws the chart; without any point, an empty frame.</summary>
    public static string Draw(string title, string xLabel, string yLabel, IReadOnlyList<ChartSeries> series)
    {
        ChartSeries[] finite = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => double.IsFinite(p.Y))] }).Where(s => s.Points.Count > 0)];
        (double X, double Y)[] all = [.. finite.SelectMany(s => s.Points)];
        if (all.Length == 0) all = [(0, 0), (1, 1)];
        double[] xs = AxisTicks.Of(all.Min(p => p.X), all.Max(p => p.X), 9), ys = AxisTicks.Of(all.Min(p => p.Y), all.Max(p => p.Y));
        int height = Height + LegendRow * ((finite.Length - 1) / LegendColumns); // a row more of legend for every three curves
        double X(double x) => Left + (x - xs[0]) / (xs[^1] - xs[0]) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - ys[0]) / (ys[^1] - ys[0]) * (Height - Top - Bottom);

        var svg = new Svg(Width, height, title, Describe(finite, xLabel, yLabel));
        svg.Text(Width / 2.0, 20, title, "middle", "title");
        foreach (double y in ys)
        {
            svg.Line(Left, Y(y), Width - Right, Y(y), "grid");
            svg.Text(Left - 8, Y(y) + 4, y.ToString("0.####", CultureInfo.InvariantCulture), "end");
        }
        foreach (double x in xs) svg.Text(X(x), Height - Bottom + 18, x.ToString("0.####", CultureInfo.InvariantCulture), "middle");
        svg.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        svg.Text((Left + Width - Right) / 2.0, Height - Bottom + 36, xLabel, "middle");
        svg.Text(16, (Top + Height - Bottom) / 2.0, yLabel, "middle", rotate: -90);
        for (int i = 0; i < finite.Length; i++) Curve(svg, finite[i], Svg.Palette[i % Svg.Palette.Count], i, finite.Length, X, Y);
        return svg.ToString();
    }

    private static void Curve(Svg svg, ChartSeries series, string colour, int index, int count, Func<double, double> x, Func<double, double> y)
    {
        svg.Path(series.Points.Select(p => (x(p.X), y(p.Y))), colour, series.Dashed);
        foreach ((double px, double py) in series.Points)
            svg.Circle(x(px), y(py), 2.5, colour, string.Create(CultureInfo.InvariantCulture, $"{series.Name}, {px:0.##}: {py:0.####}"));
        double slot = (Width - Left - Right) / (double)Math.Min(count, LegendColumns), start = Left + index % LegendColumns * slot, legend = Height - 14 + LegendRow * (index / LegendColumns);
        svg.Path([(start, legend), (start + 24, legend)], colour, series.Dashed);
        svg.Text(start + 30, legend + 4, series.Name);
    }

    private static string Describe(IEnumerable<ChartSeries> series, string xLabel, string yLabel)
        => $"{yLabel} against {xLabel}. " + string.Join(' ', series.Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{s.Name}: from {s.Points[0].Y:0.####} to {s.Points[^1].Y:0.####}, lowest {s.Points.Min(p => p.Y):0.####}, highest {s.Points.Max(p => p.Y):0.####}.")));
}
