using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>The comparison for whoever looks at the terminal: sentences and two aligned tables.</summary>
internal static class ComparisonText
{
    /// <summary>Writes it.</summary>
    /// <param name="terminal">The terminal to write to.</param>
    /// <param name="c">The comparison.</param>
    public static void Write(TerminalOutput terminal, Comparison c)
    {
        foreach (string sentence in ComparisonSummary.Sentences(c)) terminal.WriteLine(sentence);
        terminal.WriteLine("");
        bool several = c.Options.Seeds > 1;
        string split = c.IsTested ? "test" : "validation";
        var figures = new TextTable([
            $"on {split}",
            "accuracy",
            "95 % interval",
            .. several ? (string[])["over seeds"] : [],
            "macro F1",
            "log loss",
            "ECE",
        ]);
        foreach (CandidateResult r in c.Results)
        {
            ClassificationReport f = r.Figures;
            figures.Add(
                [
                    r.Name,
                    ComparisonFigures.Percent(f.Accuracy),
                    ComparisonFigures.Range(f),
                    .. several ? (string[])[ComparisonFigures.Spread(r.Over(x => x.Accuracy))] : [],
                    ComparisonFigures.Percent(f.MacroF1),
                    ComparisonFigures.Number(f.LogLoss),
                    ComparisonFigures.Percent(f.ExpectedCalibrationError),
                ],
                isEmphasised: r == c.Winner
            );
        }
        string[] nothing = [.. Enumerable.Repeat("", several ? 5 : 4)];
        figures.Add([c.Baseline.MajorityName, ComparisonFigures.Percent(c.Baseline.Accuracy.Majority), .. nothing]);
        figures.Add([c.Baseline.ChanceName, ComparisonFigures.Percent(c.Baseline.Accuracy.Chance), .. nothing]);
        figures.Write(terminal);
        terminal.WriteLine("");

        var costs = new TextTable([
            "candidate",
            "parameters",
            "zip",
            "img/s at 1",
            $"img/s at {ThroughputMeter.Batch}",
            "training",
            "epochs",
        ]);
        foreach (CandidateResult r in c.Results)
        {
            ModelCost cost = r.Cost!;
            costs.Add(
                [
                    r.Name,
                    ComparisonFigures.Count(cost.Parameters),
                    ComparisonFigures.Megabytes(cost.ZipBytes),
                    ComparisonFigures.Rate(cost.SinglesPerSecond),
                    ComparisonFigures.Rate(cost.BatchedPerSecond),
                    DurationText.Format(r.Seconds),
                    r.Epochs,
                ],
                isEmphasised: r == c.Winner
            );
        }
        costs.Write(terminal);
        if (c.Winner.Candidate.Trainer.Usage is not { } usage) return;
        terminal.WriteLine("");
        terminal.WriteLine(usage);
    }
}
