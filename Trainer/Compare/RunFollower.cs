using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Compare;

/// <summary>Tells the bar over a whole job how far one of its runs is.</summary>
internal sealed class RunFollower(JobProgress job) : ITrainingListener
{
    public void BatchDone(TrainingRun run, int epoch, int images)
        => job.Report((epoch - 1 + (double)images / run.TrainingImages) / run.Options.Epochs, "epoch", epoch, run.Options.Epochs);
}
