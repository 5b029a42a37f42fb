using System.Globalization;

namespace EmotionMLNet.Training.Reports;

/// <summary>A named point.</summary>
/// <param name="Name">The name in the legend, under its number.</param>
/// <param name="X">Positive.</param>
/// <param name="Y">Any.</param>
/// <param name="OnFront">Whether the front goes through it.</param>
internal sealed record ScatterPoint(string Name, double X, double Y, bool OnFront);

/// <summary>Numbered points over a logarithmic axis with the line of those that no other one beats, as SVG.</summary>
internal static class ScatterChart
{
    private const int Width = 420, Left = 56, Right = 30, Top = 34, Plot = 230, Axis = 50, MostTicks = 6;
    private const string Grey = "#7f7f7f";

    private static readonly int[] Steps = [1, 2, 5];

    public static string Draw(string title, string xLabel, string yLabel, IReadOnlyList<ScatterPoint> points)
    {
        double[] xs = PowerTicks(points.Min(p => p.X), points.Max(p => p.X)),
            ys = AxisTicks.Compute(points.Min(p => p.Y), points.Max(p => p.Y));
        double low = Math.Log10(xs[0]), high = Math.Log10(xs[^1]);
        double X(double x) => Left + (Math.Log10(x) - low) / (high - low) * (Width - Left - Right);
        double Y(double y) => Top + Plot - (y - ys[0]) / (ys[^1] - ys[0]) * Plot;
        string[] names = [.. points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} {p.Name}"))];
        int legend = Top + Plot + Axis, height = legend + ChartLegend.Height(names, Width - Left) + 8;
        var svg = new Svg(
            Width,
            height,
            title,
            $"{yLabel} against {xLabel}. "
                + string.Join(
                    ' ',
                    points.Select(p =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{p.Name}: {p.X:0.###}, {p.Y:0.###}{(p.OnFront ? ", beaten by none in both" : "")}."
                        )
                    )
                )
        );
        svg.Text(Width / 2.0, 20, Svg.Fit(title, Width - 8), "middle", "title");
        foreach (double y in ys)
        {
            svg.Line(Left, Y(y), Width - Right, Y(y), "grid");
            svg.Text(Left - 8, Y(y) + 4, y.ToString("0.####", CultureInfo.InvariantCulture), "end");
        }
        foreach (double x in xs)
        {
            svg.Line(X(x), Top, X(x), Top + Plot, "grid");
            svg.Text(X(x), Top + Plot + 18, x.ToString("#,0.######", CultureInfo.InvariantCulture), "middle");
        }
        svg.Text((Left + Width - Right) / 2.0, Top + Plot + 38, xLabel, "middle");
        svg.Text(14, Top + Plot / 2.0, yLabel, "middle", rotate: -90);
        ScatterPoint[] front = [.. points.Where(p => p.OnFront).OrderBy(p => p.X)];
        svg.Path([.. front.Select(p => (X(p.X), Y(p.Y)))], Grey, dashed: true);
        for (int i = 0; i < points.Count; i++)
        {
            ScatterPoint p = points[i];
            svg.Circle(
                X(p.X),
                Y(p.Y),
                6,
                Svg.Palette[i % Svg.Palette.Count],
                string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.X:0.###}, {p.Y:0.###}")
            );
            svg.Text(X(p.X) + 9, Y(p.Y) - 6, string.Create(CultureInfo.InvariantCulture, $"{i + 1}"));
        }
        ChartLegend.Draw(svg, names, Left, legend, Width - Left, (i, x, y) => svg.Circle(x + 15, y, 6, Svg.Palette[i % Svg.Palette.Count]));
        return svg.ToString();
    }

    /// <summary>Ticks 1, 2, 5 times powers of ten, or as many powers alone as there is room for, that cover [low, high].</summary>
    /// <param name="low">Positive.</param>
    /// <param name="high">The upper end, at least as large.</param>
    internal static double[] PowerTicks(double low, double high)
    {
        int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
        if (last <= first) last = first + 1;
        double[] fine =
        [
            .. Enumerable.Range(first, last - first).SelectMany(p => Steps.Select(s => s * Math.Pow(10, p))),
            Math.Pow(10, last),
        ];
        int begin = Array.FindLastIndex(fine, t => t <= low * (1 + 1e-9)), end = Array.FindIndex(fine, t => t >= high * (1 - 1e-9));
        if (end <= begin) (begin, end) = begin > 0 ? (begin - 1, begin) : (begin, begin + 1);
        if (end - begin < MostTicks) return fine[begin..(end + 1)];
        int step = (last - first + MostTicks - 1) / MostTicks;
        return [.. Enumerable.Range(0, (last - first + step - 1) / step + 1).Select(i => Math.Pow(10, first + i * step))];
    }
}
