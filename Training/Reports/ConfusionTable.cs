using System.Globalization;
using System.Text;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>A confusion matrix as an HTML table, a heat map with numbers: each cell is tinted by its share of the true class.</summary>
internal static class ConfusionTable
{
    // Of the tint of a cell that holds its whole row: as dark as the text on it stays legible (4.5 to 1) in light and dark.
    private const double Strongest = 0.8;

    /// <param name="report">The figures.</param>
    /// <param name="title">Read out by screen readers when the table is reached.</param>
    /// <param name="text">The HTML of a cell: its count and all of its row's.</param>
    public static string Render(ClassificationReport report, string title, Func<int, int, string> text)
    {
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Svg.Escape(title)}\"><table "
                + $"class=\"heat\"><caption>Rows: the annotators' label. Columns: the predicted label.</caption><thead><tr><th "
                + $"scope=\"col\">label</th>"
        );
        foreach (ClassMetrics c in report.PerClass)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"><span>{Svg.Escape(c.Label)}</span></th>");
        html.Append("</tr></thead><tbody>\n");
        for (int truth = 0; truth < report.PerClass.Count; truth++)
        {
            int total = report.PerClass[truth].Support;
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Svg.Escape(report.PerClass[truth].Label)}</th>");
            foreach (int count in report.Confusion[truth])
            {
                double share = total == 0 ? 0 : (double)count / total;
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<td class=\"cell\" style=\"--share:{Strongest * share:0.###}\">{text(count, total)}</td>"
                );
            }
            html.Append("</tr>\n");
        }
        return html.Append("</tbody></table></div>\n").ToString();
    }
}
