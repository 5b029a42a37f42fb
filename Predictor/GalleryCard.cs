using System.Globalization;
using System.Net;
using System.Text;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>A file in the gallery.</summary>
/// <param name="Path">The file.</param>
/// <param name="Confidence">That of the largest face, or of the whole picture; below 0 without a label.</param>
/// <param name="Classes">The classes that the filters look at, with blanks between them.</param>
/// <param name="Html">The inside of its list item, in one line.</param>
internal sealed record GalleryCard(string Path, float Confidence, string Classes, string Html)
{
    /// <summary>Classes in the style sheet: no face, not read, a label that is unsure, or below the threshold.</summary>
    public const string NoFace = "none", Unread = "unread", Unsure = "unsure", Uncertain = "uncertain";

    // The label is unsure where the second one is more than half as probable.
    private const float Doubt = 0.5f;

    // The first labels tell most; the others are behind a click.
    private const int LabelsShown = 3;

    /// <summary>The class of a label.</summary>
    public static string ClassOf(int label) => string.Create(CultureInfo.InvariantCulture, $"l{label}");

    /// <param name="rows">All rows of the file.</param>
    /// <param name="whole">The picture with its faces marked; null where it could not be read.</param>
    /// <param name="chips">The first faces.</param>
    public static GalleryCard Of(IReadOnlyList<Row> rows, SmallPicture? whole, IReadOnlyList<SmallPicture> chips)
    {
        Row first = rows[0]; // the largest face
        var html = new StringBuilder();
        if (whole is { } picture) Append(html, picture, "whole", Alternative(rows));
        string name = System.IO.Path.GetFileName(first.Path), folder = System.IO.Path.GetDirectoryName(first.Path) ?? "";
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"name\"><strong>{Escape(name.Length > 0 ? name : first.Path)}</strong>");
        if (folder.Length > 0 && name.Length > 0)
            html.Append(CultureInfo.InvariantCulture, $"<br><span class=\"soft\">{Escape(folder)}</span>");
        html.Append("</p>");
        if (first.Class == Row.Unread) html.Append(CultureInfo.InvariantCulture, $"<p>not read: {Escape(first.Error ?? "")}</p>");
        else if (first.Class == Row.WithoutFace) html.Append("<p>no face</p>");
        else
        {
            int shown = Math.Max(1, chips.Count);
            for (int i = 0; i < Math.Min(shown, rows.Count); i++)
                AppendLabels(html, rows[i], i < chips.Count ? chips[i] : null, rows.Count > 1);
            if (rows.Count > shown)
                html.Append("<p class=\"soft\">and ").Append(ConsoleText.Count(rows.Count - shown, "more face")).Append("</p>");
        }
        string classes = string.Join(' ', rows.SelectMany(ClassesOf).Distinct());
        return new GalleryCard(first.Path, first.Confidence ?? -1, classes, html.ToString());
    }

    /// <summary>Whether a label is not much more probable than the next one.</summary>
    public static bool IsUnsure(Row row)
    {
        if (row.Class < 0) return false;
        float second = row.Scores.OrderByDescending(s => s.Probability).Skip(1).Select(s => s.Probability).FirstOrDefault();
        return row.Label == Row.Uncertain && row.Class == row.Scores.Count || second > Doubt * row.Confidence;
    }

    /// <summary>Text that is safe in a page, in one line.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(ConsoleText.Line(text));

    private static IEnumerable<string> ClassesOf(Row row)
    {
        if (row.Class == Row.Unread) return [Unread];
        if (row.Class == Row.WithoutFace) return [NoFace];
        string label = row.Class == row.Scores.Count ? Uncertain : ClassOf(row.Class);
        return IsUnsure(row) ? [label, Unsure] : [label];
    }

    private static string Alternative(IReadOnlyList<Row> rows)
    {
        if (rows[0].Class < 0) return "no face was found in it";
        return rows.Count > 1 ? $"{ConsoleText.Count(rows.Count, "face")}, marked" : rows[0].Face is null ? "" : "one face, marked";
    }

    private static void AppendLabels(StringBuilder html, Row row, SmallPicture? chip, bool isNumbered)
    {
        html.Append("<div class=\"face\">");
        if (chip is { } picture) Append(html, picture, "chip", "");
        html.Append(CultureInfo.InvariantCulture, $"<div><p class=\"label\">{Escape(PictureOutput.Caption(row, isNumbered))}</p>");
        LabelScore[] scores = [.. row.Scores.OrderByDescending(s => s.Probability)];
        AppendBars(html, scores.Take(LabelsShown));
        if (scores.Length > LabelsShown)
        {
            html.Append(CultureInfo.InvariantCulture, $"<details><summary>{scores.Length - LabelsShown} more</summary>");
            AppendBars(html, scores.Skip(LabelsShown));
            html.Append("</details>");
        }
        html.Append("</div></div>");
    }

    private static void AppendBars(StringBuilder html, IEnumerable<LabelScore> scores)
    {
        html.Append("<ul class=\"bars\">");
        foreach (LabelScore score in scores)
        {
            float percent = 100 * score.Probability;
            string label = $"<span>{Escape(score.Label)}</span>";
            html.Append(CultureInfo.InvariantCulture, $"<li style=\"--p:{percent:0.#}%\">{label} <span>{percent:0.#} %</span></li>");
        }
        html.Append("</ul>");
    }

    private static void Append(StringBuilder html, SmallPicture picture, string kind, string alternative) =>
        html.Append(
            CultureInfo.InvariantCulture,
            $"<img class=\"{kind}\" alt=\"{alternative}\" width=\"{picture.Width}\" height=\"{picture.Height}\" decoding=\"async\" "
        )
            .Append("src=\"data:image/jpeg;base64,")
            .Append(Convert.ToBase64String(picture.Jpeg))
            .Append("\">");
}
