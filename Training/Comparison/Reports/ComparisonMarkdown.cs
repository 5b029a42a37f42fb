using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>The comparison for a pull request.</summary>
internal static class ComparisonMarkdown
{
    public static string Render(Comparison c)
    {
        var text = new StringBuilder();
        Line($"## Comparison on {Escape(Path.GetFileName(Path.TrimEndingDirectorySeparator(c.Options.Data)))}");
        Line("");
        foreach (string sentence in ComparisonSummary.Sentences(c)) Line($"- {Escape(sentence)}");
        Line("");
        Line(
            $"| Candidate | {(c.IsTested ? "Test" : "Validation")} accuracy, best model (95 %) | Over seeds | Macro F1 | Log loss "
                + "| ECE | Parameters | Multiply-adds | Zip | Images/s, batch 1 | batch 32 | Training |"
        );
        Line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (CandidateResult r in c.Results)
        {
            ClassificationReport f = r.Figures;
            ModelCost cost = r.Cost!;
            Row([
                r.Name,
                ComparisonFigures.WithInterval(f),
                ComparisonFigures.Spread(r.Over(x => x.Accuracy)),
                ComparisonFigures.Percent(f.MacroF1),
                ComparisonFigures.Number(f.LogLoss),
                ComparisonFigures.Percent(f.ExpectedCalibrationError),
                ComparisonFigures.Count(cost.Parameters),
                ComparisonFigures.Millions(cost.MultiplyAdds),
                ComparisonFigures.Megabytes(cost.ZipBytes),
                ComparisonFigures.Rate(cost.SinglesPerSecond),
                ComparisonFigures.Rate(cost.BatchedPerSecond),
                DurationText.Format(r.Seconds),
            ]);
        }
        Row([c.Baseline.MajorityName, ComparisonFigures.Percent(c.Baseline.Accuracy.Majority), .. Enumerable.Repeat("", 10)]);
        Row([c.Baseline.ChanceName, ComparisonFigures.Percent(c.Baseline.Accuracy.Chance), .. Enumerable.Repeat("", 10)]);
        Line("");
        foreach (string remark in c.Remarks) Line($"- {Escape(remark)}");
        if (c.Remarks.Any()) Line("");
        Line($"Rates were measured on {Escape(c.Machine)}. Made with {Code(c.Repeat.Comparison)}.");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
        void Row(IEnumerable<string> cells) => Line($"| {string.Join(" | ", cells.Select(Escape))} |");
    }

    /// <summary>
    /// Text that Markdown shows as it is, in one line: no table cell ends in it, nothing is emphasised, a tag or an entity.
    /// </summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in PrintableText.Line(text))
        {
            if (c is '\\' or '`' or '*' or '[' or ']' or '|' or '~') escaped.Append('\\');
            escaped.Append(c switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", _ => c.ToString() });
        }
        return escaped.ToString();
    }

    // A code span ends with as many back-ticks as it began with: more than any in the text.
    private static string Code(string text)
    {
        text = PrintableText.Line(text);
        int longest = 0, run = 0;
        foreach (char c in text) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        string fence = new('`', longest + 1);
        return longest == 0 ? fence + text + fence : $"{fence} {text} {fence}";
    }
}
