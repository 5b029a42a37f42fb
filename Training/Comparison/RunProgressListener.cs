using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>Tells the bar over a whole job how far one of its runs is.</summary>
internal sealed class RunProgressListener(IJob job) : ITrainingListener
{
    public void OnBatchDone(TrainingRun run, int epoch, int images) =>
        job.Report(
            (epoch - 1 + (double)images / run.TrainingImages) / run.Options.Optimisation.Epochs,
            "epoch",
            epoch,
            run.Options.Optimisation.Epochs
        );
}
