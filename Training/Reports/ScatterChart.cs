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
    private const int Plot = 230, Right = 30;
    private const string Grey = "#7f7f7f";

    public static string Draw(string title, string xLabel, string yLabel, IReadOnlyList<ScatterPoint> points)
    {
        var frame = new ChartFrame(
            ChartAxis.CoverPowers(xLabel, points.Min(p => p.X), points.Max(p => p.X)),
            ChartAxis.Cover(yLabel, points.Min(p => p.Y), points.Max(p => p.Y)),
            Plot,
            Right
        );
        string[] names = [.. points.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} {p.Name}"))];
        var svg = new Svg(
            ChartFrame.Width,
            frame.Height(names),
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
        frame.Draw(svg, title, upright: true);
        ScatterPoint[] front = [.. points.Where(p => p.OnFront).OrderBy(p => p.X)];
        svg.Path([.. front.Select(p => (X(p), Y(p)))], Grey, dashed: true);
        for (int i = 0; i < points.Count; i++)
        {
            ScatterPoint p = points[i];
            svg.Circle(
                X(p),
                Y(p),
                6,
                Svg.Palette[i % Svg.Palette.Count],
                string.Create(CultureInfo.InvariantCulture, $"{p.Name}: {p.X:0.###}, {p.Y:0.###}")
            );
            svg.Text(X(p) + 9, Y(p) - 6, string.Create(CultureInfo.InvariantCulture, $"{i + 1}"));
        }
        ChartLegend.Draw(
            svg,
            names,
            ChartFrame.Left,
            frame.LegendTop,
            ChartFrame.Width - ChartFrame.Left,
            (i, x, y) => svg.Circle(x + 15, y, 6, Svg.Palette[i % Svg.Palette.Count])
        );
        return svg.ToString();

        double X(ScatterPoint p) => frame.X(Math.Log10(p.X));

        double Y(ScatterPoint p) => frame.Y(p.Y);
    }
}
