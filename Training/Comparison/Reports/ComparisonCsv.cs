using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>A row a candidate, seed and split, all figures: the column names are a contract.</summary>
internal static class ComparisonCsv
{
    public static string Render(Comparison comparison)
    {
        string[] labels = [.. comparison.Winner.Figures.PerClass.Select(c => c.Label)];
        var text = new StringBuilder();
        Line(
            text,
            [
                "candidate",
                "seed",
                "split",
                "images",
                "MicroAccuracy",
                "accuracyLow",
                "accuracyHigh",
                "MacroAccuracy",
                "macroF1",
                "LogLoss",
                "LogLossReduction",
                "expectedCalibrationError",
                "parameters",
                "multiplyAdds",
                "zipBytes",
                "plannedTrainingBytes",
                "imagesPerSecondBatch1",
                "imagesPerSecondBatch32",
                "trainingSeconds",
                "epochs",
                "bestEpoch",
                .. labels.Select(l => $"f1 {PrintableText.Line(l)}"),
                "majorityAccuracy",
                "chanceAccuracy",
            ]
        );
        foreach (CandidateResult result in comparison.Results)
            foreach (RunResult run in result.Runs)
            {
                Row(text, result, run, "validation", run.Validation);
                if (run.Test is { } test) Row(text, result, run, "test", test);
            }
        return text.ToString();
    }

    private static void Row(StringBuilder text, CandidateResult result, RunResult run, string split, Evaluation evaluation)
    {
        ClassificationReport r = evaluation.Report;
        BaselineAccuracy guess = Baseline.Compute(evaluation).Accuracy;
        MlNetMetrics m = MlNetMetrics.Compute(r);
        ModelCost? cost = result.Cost;
        object?[] values =
        [
            PrintableText.Line(result.Name),
            run.Outcome.Seed,
            split,
            r.Images,
            m.MicroAccuracy,
            r.AccuracyLow,
            r.AccuracyHigh,
            m.MacroAccuracy,
            r.MacroF1,
            m.LogLoss,
            m.LogLossReduction,
            r.ExpectedCalibrationError,
            cost?.Parameters,
            cost?.MultiplyAdds,
            cost?.ZipBytes,
            cost?.TrainingBytes,
            cost?.SinglesPerSecond,
            cost?.BatchedPerSecond,
            run.Outcome.Seconds,
            run.Outcome.History.Count,
            run.Outcome.BestEpoch,
            .. r.PerClass.Select(c => (object)c.F1),
            guess.Majority,
            guess.Chance,
        ];
        Line(text, values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? ""));
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append(CsvLine.Format(cells));
}
