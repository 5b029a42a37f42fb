using System.Globalization;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Reports;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Compare.Reports;

/// <summary>How the candidates learned, and where each is right and wrong.</summary>
internal static class ModelSections
{
    public static void Append(Markup body, Comparison c)
    {
        Curves(body, c);
        body.Section("classes", "Per class");
        string[] labels = [.. c.Winner.Figures.PerClass.Select(p => p.Label)];
        body.Raw(BarChart.Draw("F1 of each class", labels, [.. c.Results.Select(r => (r.Name, (IReadOnlyList<double>)[.. r.Figures.PerClass.Select(p => p.F1)]))]));
        body.Table("F1 of each class", ["label", "images", .. c.Results.Select(r => r.Name)],
            labels.Select((label, k) => (string[])[label, Figures.Count(c.Winner.Figures.PerClass[k].Support), .. c.Results.Select(r => Figures.Percent(r.Figures.PerClass[k].F1))]));

        body.Section("confusion", "Confusion");
        body.Paragraph("Images by true and predicted label; the tint is the share of the true label.", "soft");
        foreach (CandidateResult r in c.Results)
        {
            body.Heading(r.Name);
            body.Raw(ConfusionTable.Render(r.Figures, $"Confusion of {r.Name}", (count, _) => count.ToString(CultureInfo.InvariantCulture)));
            IReadOnlyList<ConfusedPair> pairs = ConfusedPair.Of(r.Figures, 3);
            if (pairs.Count > 0) body.Paragraph("Most often: " + string.Join("; ", pairs.Select(p => $"{p.Truth} taken for {p.Predicted} {Plural.Of(p.Count, "time")} ({Figures.Percent(p.Share)})")) + ".");
        }

        body.Section("calibration", "Calibration");
        body.Paragraph("Whether a confidence of 80 % is right in 80 % of the cases: bars that end below the diagonal are too sure of themselves.", "soft");
        body.Side(c.Results.Select(r => $"<h3>{Svg.Escape(r.Name)}</h3>\n{ReliabilityChart.Draw([.. r.Best.Quoted.Calibration().Bins])}<p class=\"soft\">Expected calibration error {Figures.Percent(r.Figures.ExpectedCalibrationError)}.</p>"));
    }

    private static void Curves(Markup body, Comparison c)
    {
        body.Section("curves", "Learning curves");
        body.Paragraph("Of each candidate's best run. The saved weights are those of the best epoch on validation.", "soft");
        body.Side([All("Validation accuracy", "accuracy", e => e.ValidationAccuracy), All("Validation loss", "log loss", e => e.ValidationLoss)]);
        body.Side(c.Results.Select(r =>
        {
            IReadOnlyList<EpochResult> history = r.Best.Outcome.History;
            return LineChart.Draw($"{r.Name}: training and validation", "epoch", "loss", [Series("training", history, e => e.TrainLoss, dashed: true), Series("validation", history, e => e.ValidationLoss)]);
        }));

        string All(string title, string axis, Func<EpochResult, double> value)
            => LineChart.Draw(title, "epoch", axis, [.. c.Results.Select(r => Series(r.Name, r.Best.Outcome.History, value))]);
    }

    private static ChartSeries Series(string name, IReadOnlyList<EpochResult> history, Func<EpochResult, double> value, bool dashed = false)
        => new(name, [.. history.Select(e => ((double)e.Epoch, value(e)))], dashed);
}
