using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>The evaluation of a face detector as plain text of at most 80 columns.</summary>
internal static class FaceEvaluationTable
{
    public static string Render(FaceEvaluation evaluation)
    {
        var text = new StringBuilder();
        Sentence(Path.GetFileName(evaluation.Model));
        foreach ((string name, string value) in FaceEvaluationPage.Facts(evaluation)) Sentence($"{name}: {value}");
        Table("overlap", evaluation.ByOverlap);
        Table("height", evaluation.BySize);
        if (evaluation.BySubset.Count > 0) Table("set", evaluation.BySubset);
        Sentence("AP is average precision; recall is at one false positive in ten photographs.");
        text.Append('\n');
        foreach (IGrouping<DetectionErrorKind, DetectionError> kind in evaluation.Errors.GroupBy(e => e.Kind).OrderBy(g => g.Key))
            Sentence(string.Create(CultureInfo.InvariantCulture, $"{NameOf(kind.Key)}: {kind.Count()}"));
        return text.ToString();

        void Sentence(string sentence)
        {
            foreach (string line in TextLayout.Wrap(PrintableText.Line(sentence))) text.Append(line).Append('\n');
        }

        void Table(string first, IReadOnlyList<DetectionRow> rows)
        {
            IReadOnlyList<string>[] cells =
            [
                [first, "faces", "AP", "recall"],
                .. rows.Select(r =>
                    (string[])
                        [
                            PrintableText.Line(r.Name),
                            r.Faces.ToString(CultureInfo.InvariantCulture),
                            FaceEvaluationPage.Text(r.AveragePrecision),
                            FaceEvaluationPage.Text(r.Recall),
                        ]
                ),
            ];
            text.Append('\n');
            foreach (string line in TextLayout.Table(cells)) text.Append(line).Append('\n');
        }
    }

    private static string NameOf(DetectionErrorKind kind) =>
        kind switch
        {
            DetectionErrorKind.Missed => "missed at the threshold",
            DetectionErrorKind.Misplaced => "seen, but covered by less than a half",
            DetectionErrorKind.Double => "seen twice",
            _ => "seen where nobody drew a face",
        };
}
