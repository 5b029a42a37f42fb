using EmotionMLNet.Files;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Runs.Listeners;

/// <summary>loss.svg and accuracy.svg, redrawn after each epoch; trained weights that the run began with are its epoch 0.</summary>
internal sealed class LearningCurves : ITrainingListener
{
    public const string Loss = "loss.svg", Accuracy = "accuracy.svg";

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        Draw(run, Loss, "Loss", "loss", r => r.TrainLoss, r => r.ValidationLoss);
        if (result.AveragePrecision is not null)
        {
            Draw(run, Accuracy, "Average precision", "average precision", r => double.NaN, r => r.AveragePrecision ?? 0,
                ("recall at one false positive in ten pictures", r => r.Recall ?? 0));
            return;
        }
        Draw(
            run,
            Accuracy,
            "Accuracy",
            "accuracy",
            r => r.TrainAccuracy,
            r => r.ValidationAccuracy,
            ("validation macro F1", r => r.MacroF1)
        );
    }

    private static void Draw(
        TrainingRun run,
        string file,
        string title,
        string axis,
        Func<EpochResult, double> train,
        Func<EpochResult, double> validation,
        params (string Name, Func<EpochResult, double> Value)[] others
    )
    {
        IReadOnlyList<EpochResult> history = run.Progress.Shown;
        ChartSeries series(string name, Func<EpochResult, double> value, bool dashed = false) =>
            new(name, [.. history.Select(r => ((double)r.Epoch, value(r)))], dashed);
        ChartSeries[] all =
        [
            .. double.IsNaN(train(history[^1])) ? (ChartSeries[])[] : [series("training", train, dashed: true)],
            series("validation", validation),
            .. others.Select(o => series(o.Name, o.Value)),
        ];
        AtomicFile.WriteText(
            Path.Combine(run.Folder!, file),
            LineChart.Draw($"{title}: {run.Options.Network.Architecture}", "epoch", axis, all)
        );
    }
}
