using EmotionMLNet.Terminal;
using System.Text;
using EmotionMLNet.Trainer.Metrics;

namespace EmotionMLNet.Trainer.Compare.Reports;

/// <summary>The comparison for a pull request.</summary>
internal static class ComparisonMarkdown
{
    public static string Render(Comparison c)
    {
        var text = new StringBuilder();
        Line($"## Comparison on {Path.GetFileName(Path.TrimEndingDirectorySeparator(c.Options.Data))}");
        Line("");
        foreach (string sentence in Summary.Sentences(c)) Line($"- {sentence}");
        Line("");
        Line($"| Candidate | {(c.IsTested ? "Test" : "Validation")} accuracy, best model (95 %) | Over seeds | Macro F1 | Log loss | ECE | Parameters | Multiply-adds | Zip | Images/s, batch 1 | batch 32 | Training |");
        Line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (CandidateResult r in c.Results)
        {
            ClassificationReport f = r.Figures;
            ModelCost cost = r.Cost!;
            Line($"| {Cell(r.Name)} | {Figures.WithInterval(f)} | {Figures.Spread(r.Over(x => x.Accuracy))} | {Figures.Percent(f.MacroF1)} | {Figures.Number(f.LogLoss)} | {Figures.Percent(f.ExpectedCalibrationError)} | {Figures.Count(cost.Parameters)} | {Figures.Millions(cost.MultiplyAdds)} | {Figures.Megabytes(cost.ZipBytes)} | {Figures.Rate(cost.SinglesPerSecond)} | {Figures.Rate(cost.BatchedPerSecond)} | {ConsoleProgress.Duration(r.Seconds)} |");
        }
        Line("");
        Line($"Rates were measured on {c.Machine}. Made with `{c.CommandLine}`.");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
