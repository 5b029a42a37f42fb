using System.Globalization;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>Bars side by side in groups, of shares from 0 to 1, as SVG.</summary>
internal static class BarChart
{
    private const int Width = 640, Left = 130, Right = 60, Top = 40, Bar = 14, GroupGap = 12, LegendColumns = 3, LegendRow = 20;

    /// <param name="title">Short.</param>
    /// <param name="groups">Names of groups.</param>
    /// <param name="series">Names, each with a value a group.</param>
    public static string Draw(string title, IReadOnlyList<string> groups, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> series)
    {
        int group = series.Count * Bar + GroupGap, body = groups.Count * group, legendTop = Top + body + 40;
        int height = legendTop + LegendRow * ((series.Count + LegendColumns - 1) / LegendColumns);
        double X(double v) => Left + v * (Width - Left - Right);
        var svg = new Svg(Width, height, title, string.Join(' ', series.Select(s => $"{s.Name}: {string.Join(", ", groups.Zip(s.Values, (g, v) => $"{g} {Text(v)}"))}.")));
        svg.Text(Width / 2.0, 20, title, "middle", "title");
        for (int tick = 0; tick <= 5; tick++)
        {
            svg.Line(X(tick / 5.0), Top, X(tick / 5.0), Top + body, "grid");
            svg.Text(X(tick / 5.0), Top + body + 18, Text(tick / 5.0), "middle");
        }
        for (int g = 0; g < groups.Count; g++)
        {
            svg.Text(Left - 8, Top + g * group + (group - GroupGap) / 2.0 + 4, groups[g], "end");
            for (int s = 0; s < series.Count; s++)
            {
                double y = Top + g * group + s * Bar, value = series[s].Values[g];
                svg.Rectangle(Left, y, X(value) - Left, Bar - 2, Svg.Palette[s % Svg.Palette.Count], $"{series[s].Name}, {groups[g]}: {Text(value)}");
                svg.Text(X(value) + 4, y + Bar - 3, Text(value));
            }
        }
        for (int s = 0; s < series.Count; s++)
        {
            double x = 16 + s % LegendColumns * (Width - 32.0) / LegendColumns, y = legendTop + LegendRow * (s / LegendColumns);
            svg.Rectangle(x, y - 10, 12, 12, Svg.Palette[s % Svg.Palette.Count]);
            svg.Text(x + 18, y, series[s].Name);
        }
        return svg.ToString();
    }

    private static string Text(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
