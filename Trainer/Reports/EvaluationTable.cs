using System.Globalization;
using System.Text;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Metrics;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>One evaluation as plain text for a console of any width, the figures of scikit-learn's classification report and more.</summary>
internal static class EvaluationTable
{
    public static string Render(Evaluation evaluation)
    {
        ClassificationReport r = evaluation.Report;
        var text = new StringBuilder();
        Line($"{evaluation.Manifest.Architecture} on {evaluation.Images.Name}: {r.Images} images, one forward pass each{(evaluation.Augmented is { } a ? $"; right: {a.Augmentation}, {a.Augmentation.Describe()}" : "")}");
        Figure("accuracy", c => $"{P(c.Accuracy)}   95 % interval {P(c.AccuracyLow)} to {P(c.AccuracyHigh)}");
        Figure("macro F1", c => P(c.MacroF1));
        Figure("balanced accuracy", c => P(c.BalancedAccuracy));
        Figure("log loss", c => c.LogLoss.ToString("0.000", CultureInfo.InvariantCulture));
        Figure("calibration error", c => P(c.ExpectedCalibrationError));
        Line("");

        int width = Math.Max(8, r.PerClass.Max(c => c.Label.Length)), cell = Math.Max(7, r.Confusion.SelectMany(row => row).Max().ToString(CultureInfo.InvariantCulture).Length + 2);
        Line($"{"".PadRight(width)}  precision   recall       F1  support");
        foreach (ClassMetrics c in r.PerClass) Line($"{c.Label.PadRight(width)}  {P(c.Precision),9} {P(c.Recall),8} {P(c.F1),8} {c.Support,8}");
        Line("");
        Line("confusion, rows: annotators' label, columns: predicted label");
        Line("".PadRight(width) + string.Concat(r.PerClass.Select(c => (c.Label.Length > cell - 1 ? c.Label[..(cell - 1)] : c.Label).PadLeft(cell))));
        for (int t = 0; t < r.PerClass.Count; t++)
            Line(r.PerClass[t].Label.PadRight(width) + string.Concat(r.Confusion[t].Select(n => n.ToString(CultureInfo.InvariantCulture).PadLeft(cell))));
        IReadOnlyList<ConfusedPair> pairs = ConfusedPair.Of(r, 3);
        if (pairs.Count > 0)
        {
            Line("");
            Line("most confused: " + string.Join(", ", pairs.Select(p => $"{p.Truth} taken for {p.Predicted} {Plural.Of(p.Count, "time")} ({P(p.Share)})")));
        }
        return text.ToString();

        void Figure(string name, Func<ClassificationReport, string> of)
            => Line($"{name,-19}{(evaluation.Augmented is { } augmented ? $"{of(r),-42}{of(augmented.Report)}" : of(r))}");

        void Line(string line) => text.Append(line.TrimEnd()).Append('\n');
    }

    private static string P(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
