using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>One evaluation as plain text of at most 80 columns, the figures of scikit-learn's classification report and more.</summary>
internal static class EvaluationTable
{
    private const int MostPairs = 3, LongestRowName = 24;

    public static string Render(Evaluation evaluation)
    {
        ClassificationReport r = evaluation.Report;
        string[] labels = [.. r.PerClass.Select(c => PrintableText.Line(c.Label))];
        var text = new StringBuilder();
        Sentence($"{Path.GetFileName(evaluation.ModelPath)} ({evaluation.Manifest.Architecture})");
        Sentence(evaluation.Part.Heading);
        if (evaluation.Part.Caution is { } caution) Sentence($"caution: {caution}");
        text.Append('\n').Append(Table([.. Figures(evaluation)]));
        Sentence(
            $"95 % Wilson interval in brackets; {Plural.Format(r.Images, "picture")}, one forward pass "
                + $"each{(evaluation.Augmented is { } a ? $"; {a.Augmentation}: {a.Augmentation.Describe()}" : "")}"
        );
        foreach (string sentence in evaluation.DescribeBaseline()) Sentence(sentence);
        text.Append('\n')
            .Append(
                Table([
                    ["label", "precision", "recall", "F1", "pictures"],
                    .. r.PerClass.Select(
                        (c, k) =>
                            (string[])
                                [
                                    labels[k],
                                    FigureText.Percent(c.Precision),
                                    FigureText.Percent(c.Recall),
                                    FigureText.Percent(c.F1),
                                    Count(c.Support),
                                ]
                    ),
                ])
            );
        text.Append("\nconfusion, rows: annotators' label, columns: predicted label\n").Append(Confusion(labels, r.Confusion));
        IReadOnlyList<ConfusedPair> pairs = ConfusedPair.FindMost(r, MostPairs);
        if (pairs.Count > 0) text.Append("\nmost confused\n");
        foreach (ConfusedPair p in pairs)
            Sentence($"{p.Truth} taken for {p.Predicted} {FigureText.Times(p.Count)} ({FigureText.Percent(p.Share)} of {p.Truth})");
        return text.ToString();

        void Sentence(string sentence) => text.Append(Text(TextLayout.Wrap(PrintableText.Line(sentence))));
    }

    private static IEnumerable<IReadOnlyList<string>> Figures(Evaluation evaluation)
    {
        ClassificationReport[] readings = evaluation.Augmented is { } augmented
            ? [evaluation.Report, augmented.Report]
            : [evaluation.Report];
        if (readings.Length > 1) yield return ["", "one pass", evaluation.Augmented!.Augmentation.ToString()];
        yield return Row("accuracy", FigureText.WithInterval);
        yield return Row("macro F1", r => FigureText.Percent(r.MacroF1));
        yield return Row("balanced accuracy", r => FigureText.Percent(r.BalancedAccuracy));
        yield return Row("log loss", r => FigureText.Number(r.LogLoss));
        yield return Row("calibration error", r => FigureText.Percent(r.ExpectedCalibrationError));

        string[] Row(string name, Func<ClassificationReport, string> of)
        {
            string[] cells = [.. readings.Select(of)];
            return [name, .. cells];
        }
    }

    /// <summary>
    /// Counts under whole names where these fit, else under numbers that the rows explain, in parts where there are very many.
    /// </summary>
    internal static string Confusion(IReadOnlyList<string> labels, int[][] counts)
    {
        int[] columns = [.. labels.Select((_, k) => counts.Max(row => Count(row[k]).Length))];
        int first = labels.Max(CellText.Width);
        if (first + labels.Zip(columns, (l, c) => 2 + Math.Max(CellText.Width(l), c)).Sum() <= TextLayout.Columns)
            return Table([["", .. labels], .. labels.Select((l, t) => (string[])[l, .. counts[t].Select(Count)])], first);

        string[] numbers = [.. labels.Select((_, k) => Count(k + 1))];
        string[] names = [.. labels.Select((l, k) => $"{numbers[k].PadLeft(numbers[^1].Length)} {CellText.Shorten(l, LongestRowName)}")];
        int room = TextLayout.Columns - names.Max(CellText.Width);
        var text = new StringBuilder();
        for (int start = 0, end; start < labels.Count; start = end)
        {
            int used = 0;
            for (end = start; end < labels.Count; end++)
            {
                int width = 2 + Math.Max(numbers[end].Length, columns[end]);
                if (end > start && used + width > room) break;
                used += width;
            }
            if (start > 0) text.Append('\n');
            Range part = start..end;
            text.Append(Table([["", .. numbers[part]], .. names.Select((n, t) => (string[])[n, .. counts[t][part].Select(Count)])]));
        }
        return text.ToString();
    }

    private static string Table(IReadOnlyList<IReadOnlyList<string>> rows, int longest = 32) => Text(TextLayout.Table(rows, longest));

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
