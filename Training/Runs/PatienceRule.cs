using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>Ends a run when so many epochs were no better than the best before them.</summary>
/// <param name="metric">The metric that is compared.</param>
/// <param name="patience">Epochs; null means that nothing ends the run.</param>
/// <param name="minDelta">The least change that counts as better.</param>
internal sealed class PatienceRule(SelectionMetric metric, int? patience, double minDelta) : IStopRule
{
    public string? FindReason(TrainingProgress progress)
    {
        if (patience is not { } most || progress.History.Count - progress.LatestGain(metric, minDelta) < most) return null;
        string name = metric switch
        {
            SelectionMetric.Accuracy => "accuracy",
            SelectionMetric.MacroF1 => "macro F1",
            SelectionMetric.AveragePrecision => "average precision",
            _ => "loss",
        };
        return $"early stopping: no better {name} for {Plural.Format(most, "epoch")}";
    }
}
