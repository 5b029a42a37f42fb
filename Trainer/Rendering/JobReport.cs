using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>A job of the training library on the bar of the terminal.</summary>
internal sealed class JobReport(JobProgress progress) : IJob
{
    public void Begin(string name, double weight) => progress.Begin(name, weight);

    public void Skip(double weight) => progress.Skip(weight);

    public void Report(double share, string unit = "", int count = 0, int all = 0) => progress.Report(share, unit, count, all);
}
