using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Training.Reports;

/// <summary>The evaluation of a detector as a self-contained HTML page, with its mistakes by kind.</summary>
internal static class FaceEvaluationPage
{
    private const int MostErrors = 24, Side = 160;

    private static readonly (DetectionErrorKind Kind, string Title)[] Kinds =
    [
        (DetectionErrorKind.Background, "Seen where nobody drew a face"),
        (DetectionErrorKind.Missed, "Missed"),
        (DetectionErrorKind.Misplaced, "Seen, but covering less than a half"),
        (DetectionErrorKind.Double, "Seen twice"),
    ];

    public static string Render(FaceEvaluation evaluation)
    {
        var html = new StringBuilder();
        html.Append("<dl>\n");
        foreach ((string name, string value) in Facts(evaluation))
            html.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{Svg.Escape(value)}</dd>\n");
        html.Append("</dl>\n");
        Table(html, "By how well a hit covers its face", "overlap", evaluation.ByOverlap);
        Table(html, "By height of the face", "height", evaluation.BySize);
        if (evaluation.BySubset.Count > 0) Table(html, "By set of photographs", "set", evaluation.BySubset);
        foreach ((DetectionErrorKind kind, string title) in Kinds)
        {
            DetectionError[] errors = [.. evaluation.Errors.Where(e => e.Kind == kind)];
            html.Append(CultureInfo.InvariantCulture, $"<h2>{title}: {errors.Length}</h2>\n<ul class=\"gallery\">\n");
            foreach (DetectionError error in errors.Take(MostErrors)) html.Append(Show(error));
            html.Append("</ul>\n");
        }
        return HtmlPage.Render($"{Path.GetFileName(evaluation.Model)}: faces in {evaluation.Part}", html.ToString());
    }

    /// <summary>Names and values that say what was measured, for every form of the evaluation.</summary>
    internal static IEnumerable<(string Name, string Value)> Facts(FaceEvaluation e)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        yield return ("measured on", $"{e.Part}: {Plural.Format(e.Pictures, "photograph")} with {Plural.Format(e.Faces, "face")}");
        if (e.Caution is { } caution) yield return ("caution", caution);
        yield return (
            "at the detector's threshold",
            string.Create(
                c,
                $"{e.Manifest.Threshold:0.00}: {e.AtThreshold.Hits} of {e.Faces} faces found, {e.AtThreshold.False} false detections"
            )
        );
        if (e.EmptyPictures > 0)
            yield return (
                "without a face",
                $"{e.EmptyPictures - e.Alarms} of {Plural.Format(e.EmptyPictures, "photograph")} have no detection"
            );
        yield return (
            "detector",
            string.Create(c, $"{e.Manifest.Architecture}, {e.Parameters:N0} parameters, made by {e.Manifest.CreatedBy}")
        );
        yield return ("intervals", "95 %, bootstrapped over photographs");
        yield return ("data fingerprint", e.DataFingerprint);
    }

    private static void Table(StringBuilder html, string title, string first, IReadOnlyList<DetectionRow> rows)
    {
        html.Append(
            $"<h2>{title}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table><thead><tr>"
                + $"<th scope=\"col\">{first}</th><th scope=\"col\">faces</th><th scope=\"col\">average precision</th>"
                + "<th scope=\"col\">recall at one false positive in ten photographs</th></tr></thead><tbody>\n"
        );
        foreach (DetectionRow row in rows)
        {
            string count = row.Faces.ToString(CultureInfo.InvariantCulture);
            html.Append($"<tr><th scope=\"row\">{Svg.Escape(row.Name)}</th><td>{count}</td>")
                .Append($"<td>{Text(row.AveragePrecision)}</td><td>{Text(row.Recall)}</td></tr>\n");
        }
        html.Append("</tbody></table></div>\n");
    }

    /// <summary>"91.1 % (89.0 to 93.0 %)".</summary>
    internal static string Text(Metrics.Interval? figure) =>
        figure is not var (value, low, high)
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} % ({100 * low:0.0} to {100 * high:0.0} %)");

    // The box and as much again around it.
    private static string Show(DetectionError error)
    {
        (int width, int height, byte[] samples) = error.Picture.Levels[0];
        byte[] grey = [.. samples];
        foreach (FaceBox box in error.Picture.Faces) BoxDrawing.Draw(grey, width, box, dashed: true);
        BoxDrawing.Draw(grey, width, error.Box);
        float side = Math.Min(2.2f * Math.Max(error.Box.Width, error.Box.Height), Math.Min(width, height));
        float left = Math.Clamp(error.Box.CentreX - side / 2, 0, width - side),
            top = Math.Clamp(error.Box.CentreY - side / 2, 0, height - side);
        var shown = new byte[Side * Side];
        Resize.Bilinear(grey, width, height, 1, new Box(left, top, left + side, top + side), shown, Side, Side);
        string caption = error.Score > 0
            ? string.Create(CultureInfo.InvariantCulture, $"score {error.Score:0.00}")
            : string.Create(CultureInfo.InvariantCulture, $"{error.Box.Height:0} pixels high");
        return HtmlPage.Picture(new Image(Side, Side, 1, shown), caption, caption, Path.GetFileName(error.Picture.Path));
    }
}
