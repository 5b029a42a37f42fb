using System.Globalization;

namespace EmotionMLNet.Training.Reports;

/// <summary>Bars side by side in groups, of shares from 0 to 1, as SVG.</summary>
internal static class BarChart
{
    private const int Width = 420, Right = 64, Top = 34, Bar = 16, GroupGap = 12, MostLeft = 140, Tick = 4;

    /// <param name="title">Short.</param>
    /// <param name="groups">Names of groups.</param>
    /// <param name="series">Names, each with a value a group.</param>
    public static string Draw(string title, IReadOnlyList<string> groups, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> series)
    {
        double left = Math.Min(MostLeft, groups.Max(Svg.TextWidth) + 16);
        string[] names = [.. series.Select(s => s.Name)];
        int group = series.Count * Bar + GroupGap, body = groups.Count * group, legend = Top + body + 34;
        int height = legend + ChartLegend.Height(names, Width - 16) + 8;
        double X(double v) => left + v * (Width - left - Right);
        var svg = new Svg(
            Width,
            height,
            title,
            string.Join(' ', series.Select(s => $"{s.Name}: {string.Join(", ", groups.Zip(s.Values, (g, v) => $"{g} {Text(v)}"))}."))
        );
        svg.Text(Width / 2.0, 20, Svg.Fit(title, Width - 8), "middle", "title");
        for (int tick = 0; tick <= Tick; tick++)
        {
            double share = (double)tick / Tick;
            svg.Line(X(share), Top, X(share), Top + body, "grid");
            svg.Text(X(share), Top + body + 18, Text(share), "middle");
        }
        for (int g = 0; g < groups.Count; g++)
        {
            string shown = Svg.Fit(groups[g], left - 12);
            svg.Text(left - 8, Top + g * group + (group - GroupGap) / 2.0 + 4, shown, "end", tip: shown == groups[g] ? null : groups[g]);
            for (int s = 0; s < series.Count; s++)
            {
                double y = Top + g * group + s * Bar, value = series[s].Values[g];
                svg.Rectangle(
                    left,
                    y,
                    X(value) - left,
                    Bar - 2,
                    Svg.Palette[s % Svg.Palette.Count],
                    $"{series[s].Name}, {groups[g]}: {Text(value)}"
                );
                svg.Text(X(value) + 4, y + Bar - 4, Text(value));
            }
        }
        ChartLegend.Draw(
            svg,
            names,
            16,
            legend,
            Width - 16,
            (i, x, y) => svg.Rectangle(x + 8, y - 6, 12, 12, Svg.Palette[i % Svg.Palette.Count])
        );
        return svg.ToString();
    }

    private static string Text(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
