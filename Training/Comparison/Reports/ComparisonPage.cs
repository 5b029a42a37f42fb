using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>The comparison as one self-contained page that needs no script.</summary>
internal static class ComparisonPage
{
    public static string Render(Comparison comparison)
    {
        var body = new PageBuilder();
        Verdict(body, comparison);
        Leaderboard(body, comparison);
        Differences(body, comparison);
        Costs(body, comparison);
        ModelSections.Append(body, comparison);
        PictureSections.Append(body, comparison);
        BackgroundSections.Append(body, comparison);
        string title = $"Comparison on {Path.GetFileName(Path.TrimEndingDirectorySeparator(comparison.Options.Data))}";
        return HtmlPage.Render(title, body.Navigation + body);
    }

    private static void Verdict(PageBuilder body, Comparison c)
    {
        body.Section("summary", "Summary");
        IEnumerable<string> sentences = ComparisonSummary.Sentences(c).Select(s => $"<p>{PageBuilder.Prose(s)}</p>\n");
        body.Raw($"<div class=\"call\">\n{string.Concat(sentences)}</div>\n");
    }

    private static void Leaderboard(PageBuilder body, Comparison c)
    {
        body.Section("leaderboard", "Leaderboard");
        string split = c.IsTested ? "test" : "validation";
        body.Paragraph(
            $"Best on validation first. Figures are those on {split} of the model that each candidate is best with on validation; "
                + "± is the standard deviation over seeds.",
            "soft"
        );
        body.Table(
            $"Figures on {split}",
            [
                "candidate",
                $"{split} accuracy (95 %)",
                "over seeds",
                "macro F1",
                "macro F1 over seeds",
                "balanced accuracy",
                "log loss",
                "calibration error",
                "validation over seeds",
            ],
            c.Results.Select(r =>
                    (string[])
                        [
                            r.Name,
                            ComparisonFigures.WithInterval(r.Figures),
                            ComparisonFigures.Spread(r.Over(f => f.Accuracy)),
                            ComparisonFigures.Percent(r.Figures.MacroF1),
                            ComparisonFigures.Spread(r.Over(f => f.MacroF1)),
                            ComparisonFigures.Percent(r.Figures.BalancedAccuracy),
                            ComparisonFigures.Number(r.Figures.LogLoss),
                            ComparisonFigures.Percent(r.Figures.ExpectedCalibrationError),
                            ComparisonFigures.Spread(MeanAndSpread.Compute([.. r.Runs.Select(run => run.Validation.Report.Accuracy)])),
                        ]
                )
                .Concat(Baselines(c, 7, ComparisonFigures.Percent)),
            bestFirst: true,
            baselines: 2
        );
        body.Table(
            "The same by the names of ML.NET's metrics",
            ["candidate", "MicroAccuracy", "MacroAccuracy", "LogLoss", "LogLossReduction"],
            c.Results.Select(r =>
                    MlNetMetrics.Compute(r.Figures) is var m
                        ? (string[])
                            [
                                r.Name,
                                ComparisonFigures.Number(m.MicroAccuracy),
                                ComparisonFigures.Number(m.MacroAccuracy),
                                ComparisonFigures.Number(m.LogLoss),
                                ComparisonFigures.Number(m.LogLossReduction),
                            ]
                        : []
                )
                .Concat(Baselines(c, 3, ComparisonFigures.Number)),
            bestFirst: true,
            baselines: 2
        );
    }

    private static IEnumerable<string[]> Baselines(Comparison c, int others, Func<double, string> text)
    {
        string[] nothing = [.. Enumerable.Repeat("–", others)];
        yield return [c.Baseline.MajorityName, text(c.Baseline.Accuracy.Majority), .. nothing];
        yield return [c.Baseline.ChanceName, text(c.Baseline.Accuracy.Chance), .. nothing];
    }

    private static void Differences(PageBuilder body, Comparison c)
    {
        if (c.Pairs.Count == 0) return;
        body.Section("differences", "Who is really better");
        body.List(c.Pairs.Select(p => p.Sentence));
        body.Table(
            "Pair by pair",
            ["pair", "only the first right", "only the second right", "McNemar p", "p, Holm", "accuracy, points", "macro F1, points"],
            c.Pairs.Select(p =>
                (string[])
                    [
                        $"{p.First} – {p.Second}",
                        ComparisonFigures.Count(p.Test.OnlyFirst),
                        ComparisonFigures.Count(p.Test.OnlySecond),
                        PairedComparison.Probability(p.Test.P) + (p.Test.Exact ? " (exact)" : ""),
                        PairedComparison.Probability(p.AdjustedP),
                        ComparisonFigures.Points(p.Differences.Accuracy),
                        ComparisonFigures.Points(p.Differences.MacroF1),
                    ]
            )
        );
        body.Paragraph(ComparisonSummary.PairedMethod, "soft");
        if (c.Recipes.Count == 0) return;
        body.List(c.Recipes.Select(p => p.Sentence));
        body.Table(
            "Pair by pair, over seeds",
            ["pair", "seeds", "p", "p, Holm", "mean accuracy, points"],
            c.Recipes.Select(p =>
                (string[])
                    [
                        $"{p.First} – {p.Second}",
                        $"{p.FirstSeeds}, {p.SecondSeeds}",
                        PairedComparison.Probability(p.P),
                        PairedComparison.Probability(p.AdjustedP),
                        ComparisonFigures.Points(p.Accuracy),
                    ]
            )
        );
        body.Paragraph(ComparisonSummary.RecipeMethod, "soft");
    }

    private static void Costs(PageBuilder body, Comparison c)
    {
        body.Section("costs", "Size, speed, training time");
        body.Table(
            "What each candidate costs",
            [
                "candidate",
                "parameters",
                "multiply-adds",
                "zip",
                "images/s, batch 1",
                $"images/s, batch {ThroughputMeter.Batch}",
                "training a run",
                "epochs",
                "training memory, planned",
            ],
            c.Results.Select(r =>
                (string[])
                    [
                        r.Name,
                        ComparisonFigures.Count(r.Cost!.Parameters),
                        ComparisonFigures.Millions(r.Cost.MultiplyAdds),
                        ComparisonFigures.Megabytes(r.Cost.ZipBytes),
                        ComparisonFigures.Rate(r.Cost.SinglesPerSecond),
                        ComparisonFigures.Rate(r.Cost.BatchedPerSecond),
                        DurationText.Format(r.Seconds),
                        r.Epochs,
                        ComparisonFigures.Megabytes(r.Cost.TrainingBytes),
                    ]
            )
        );
        body.Paragraph(
            $"Rates are of the network alone, without decoding, on {c.Machine}: short runs of all candidates in turns, the median "
                + "of each. Memory is what the training plan reserves, not the measured peak of the process, which would be that of "
                + "the largest candidate.",
            "soft"
        );
        if (c.Remarks.Any()) body.List(c.Remarks);
        string yLabel = $"{(c.IsTested ? "test" : "validation")} accuracy";
        body.Side([
            Front(
                "Accuracy against speed",
                $"images a second, batch {ThroughputMeter.Batch} (more is better)",
                r => r.Cost!.BatchedPerSecond,
                smallerIsBetter: false
            ),
            Front("Accuracy against size", "megabytes of zip (less is better)", r => r.Cost!.ZipBytes / 1e6, smallerIsBetter: true),
        ]);
        body.Paragraph("The dashed line joins the candidates that no other one beats in both respects (Pareto front).", "soft");

        string Front(string title, string xLabel, Func<CandidateResult, double> x, bool smallerIsBetter)
        {
            bool[] front = ParetoFront.Find([.. c.Results.Select(r => (r.Figures.Accuracy, smallerIsBetter ? -x(r) : x(r)))]);
            return ScatterChart.Draw(
                title,
                xLabel,
                yLabel,
                [.. c.Results.Select((r, i) => new ScatterPoint(r.Name, x(r), r.Figures.Accuracy, front[i]))]
            );
        }
    }
}
