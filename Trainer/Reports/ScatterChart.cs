using System.Globalization;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>A named point.</summary>
/// <param name="Name">Written beside it.</param>
/// <param name="X">Positive.</param>
/// <param name="Y">Any.</param>
/// <param name="OnFront">Whether the front goes through it.</param>
internal sealed record ScatterPoint(string Name, double X, double Y, bool OnFront);

/// <summary>Points over a logarithmic axis with the line of those that no other one beats, as SVG.</summary>
internal static class ScatterChart
{
    private const int Width = 640, Height = 380, Left = 64, Right = 110, Top = 36, Bottom = 60;

    public static string Draw(string title, string xLabel, string yLabel, IReadOnlyList<ScatterPoint> points)
    {
        double low = Math.Floor(points.Min(p => Math.Log10(p.X))), high = Math.Ceiling(points.Max(p => Math.Log10(p.X)));
        if (high <= low) high = low + 1;
        double[] ys = AxisTicks.Of(points.Min(p => p.Y), points.Max(p => p.Y));
        double X(double x) => Left + (Math.Log10(x) - low) / (high - low) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - ys[0]) / (ys[^1] - ys[0]) * (Height - Top - Bottom);
        var svg = new Svg(Width, Height, title, $"{yLabel} against {xLabel}. " + string.Join(' ', points.Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.X:0.###}, {p.Y:0.###}{(p.OnFront ? ", beaten by none in both" : "")}."))));
        svg.Text(Width / 2.0, 20, title, "middle", "title");
        foreach (double y in ys)
        {
            svg.Line(Left, Y(y), Width - Right, Y(y), "grid");
            svg.Text(Left - 8, Y(y) + 4, y.ToString("0.####", CultureInfo.InvariantCulture), "end");
        }
        for (double power = low; power <= high; power++)
            foreach (int step in power < high ? (int[])[1, 2, 5] : [1])
            {
                double x = step * Math.Pow(10, power);
                svg.Line(X(x), Top, X(x), Height - Bottom, "grid");
                svg.Text(X(x), Height - Bottom + 18, x.ToString("#,0.####", CultureInfo.InvariantCulture), "middle");
            }
        svg.Text((Left + Width - Right) / 2.0, Height - 12, xLabel, "middle");
        svg.Text(16, (Top + Height - Bottom) / 2.0, yLabel, "middle", rotate: -90);
        ScatterPoint[] front = [.. points.Where(p => p.OnFront).OrderBy(p => p.X)];
        if (front.Length > 1) svg.Path(front.Select(p => (X(p.X), Y(p.Y))), "#7f7f7f", dashed: true);
        for (int i = 0; i < points.Count; i++)
        {
            ScatterPoint p = points[i];
            svg.Circle(X(p.X), Y(p.Y), 6, Svg.Palette[i % Svg.Palette.Count], string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.X:0.###}, {p.Y:0.###}"));
            svg.Text(X(p.X) + 10, Y(p.Y) + 4, p.Name);
        }
        return svg.ToString();
    }
}
