using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>How the candidates learned, and where each is right and wrong.</summary>
internal static class ModelSections
{
    public static void Append(PageBuilder body, Comparison c)
    {
        Curves(body, c);
        body.Section("classes", "Per class");
        string[] labels = [.. c.Winner.Figures.PerClass.Select(p => p.Label)];
        body.Side([
            BarChart.Draw(
                "F1 of each class",
                labels,
                [.. c.Results.Select(r => (r.Name, (IReadOnlyList<double>)[.. r.Figures.PerClass.Select(p => p.F1)]))]
            ),
        ]);
        body.Table(
            "F1 of each class",
            ["label", "images", .. c.Results.Select(r => r.Name)],
            labels.Select(
                (label, k) =>
                    (string[])
                        [
                            label,
                            ComparisonFigures.Count(c.Winner.Figures.PerClass[k].Support),
                            .. c.Results.Select(r => ComparisonFigures.Percent(r.Figures.PerClass[k].F1)),
                        ]
            )
        );

        body.Section("confusion", "Confusion");
        body.Paragraph("Images by true and predicted label, and their share of the true label, which is the tint.", "soft");
        body.Side(c.Results.Select(Confusion));

        body.Section("calibration", "Calibration");
        body.Paragraph(
            "Whether a confidence of 80 % is right in 80 % of the cases: bars that end below the diagonal are too sure of " + "themselves.",
            "soft"
        );
        body.Side(c.Results.Select(Calibration));
    }

    private static string Confusion(CandidateResult r)
    {
        var part = new PageBuilder();
        part.Heading(r.Name);
        part.Raw(
            ConfusionTable.Render(
                r.Figures,
                $"Confusion of {r.Name}",
                (count, all) =>
                    count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{count}<small>{100.0 * count / all:0}&nbsp;%</small>")
            )
        );
        IReadOnlyList<ConfusedPair> pairs = ConfusedPair.FindMost(r.Figures, 3);
        if (pairs.Count > 0)
            part.Paragraph(
                "Most often: "
                    + string.Join(
                        "; ",
                        pairs.Select(p =>
                            $"{p.Truth} taken for {p.Predicted} {Plural.Format(p.Count, "time")} ({ComparisonFigures.Percent(p.Share)})"
                        )
                    )
                    + "."
            );
        return part.ToString();
    }

    private static string Calibration(CandidateResult r)
    {
        (double Confidence, double Accuracy, int Images)[] bins = [.. r.Best.Quoted.Calibration().Bins];
        var part = new PageBuilder();
        part.Heading(r.Name);
        part.Raw(ReliabilityChart.Draw(bins));
        part.Paragraph(
            $"Expected calibration error {ComparisonFigures.Percent(r.Figures.ExpectedCalibrationError)}, over "
                + $"{Plural.Format(r.Figures.Images, "image")}.",
            "soft"
        );
        part.Table(
            $"Bins of confidence of {r.Name}",
            ["mean confidence", "right", "images"],
            bins.Select(b =>
                (string[])
                    [ComparisonFigures.Percent(b.Confidence), ComparisonFigures.Percent(b.Accuracy), ComparisonFigures.Count(b.Images)]
            )
        );
        return part.ToString();
    }

    private static void Curves(PageBuilder body, Comparison c)
    {
        body.Section("curves", "Learning curves");
        CandidateResult[] learners = [.. c.Results.Where(r => r.Candidate.IsNetwork)];
        string[] others = [.. c.Results.Except(learners).Select(r => r.Name)];
        if (others.Length > 0) body.Paragraph($"Without epochs, so without a curve: {string.Join(", ", others)}.");
        if (learners.Length == 0) return;
        body.Paragraph("Of each candidate's best run. The saved weights are those of the best epoch on validation.", "soft");
        var guess = Baseline.Compute(c.Winner.Best.Validation);
        body.Side([
            All("Validation accuracy", "accuracy", e => e.ValidationAccuracy, ($"always '{guess.MajorityLabel}'", guess.Accuracy.Majority)),
            All("Validation loss", "log loss", e => e.ValidationLoss),
        ]);
        body.Side(learners.Select(r =>
        {
            IReadOnlyList<EpochResult> history = r.Best.Outcome.History;
            return LineChart.Draw(
                $"{r.Name}: training and validation",
                "epoch",
                "loss",
                [Series("training", history, e => e.TrainLoss, dashed: true), Series("validation", history, e => e.ValidationLoss)]
            );
        }));

        string All(string title, string axis, Func<EpochResult, double> value, (string, double)? level = null)
            => LineChart.Draw(title, "epoch", axis, [.. learners.Select(r => Series(r.Name, r.Best.Outcome.History, value))], level);
    }

    private static ChartSeries Series(string name, IReadOnlyList<EpochResult> history, Func<EpochResult, double> value, bool dashed = false)
        => new(name, [.. history.Select(e => ((double)e.Epoch, value(e)))], dashed);
}
