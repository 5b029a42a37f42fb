using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.ImageClassification;

/// <summary>What early stopping looks at.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>Accuracy; larger is better.</summary>
    Accuracy,

    /// <summary>Cross-entropy; smaller is better.</summary>
    Loss,
}

/// <summary>When training ends early. Immutable: unlike ML.NET's, which keeps the state of one Fit for the next.</summary>
/// <param name="MinDelta">Least improvement over the best so far that counts.</param>
/// <param name="Patience">Epochs without one until training ends.</param>
/// <param name="Metric">
/// The figure of the validation set, or of the training set with TestOnTrainSet where there is no validation set.
/// </param>
public sealed record EarlyStopping(float MinDelta = 0.01f, int Patience = 20, EarlyStoppingMetric Metric = EarlyStoppingMetric.Accuracy)
    : IStopRule
{
    string? IStopRule.FindReason(TrainingProgress progress)
    {
        var watch = new Watch(this);
        bool stops = false;
        foreach (EpochResult epoch in progress.History) stops = watch.ShouldStop(epoch.ValidationAccuracy, epoch.ValidationLoss);
        return stops ? $"early stopping: no gain of {MinDelta} for {Patience} epochs" : null;
    }

    /// <summary>The state of one Fit.</summary>
    internal sealed class Watch(EarlyStopping criteria)
    {
        private double best = criteria.Metric == EarlyStoppingMetric.Accuracy ? 0 : float.MaxValue;
        private int stale;

        /// <returns>Whether this epoch is one too many.</returns>
        public bool ShouldStop(double accuracy, double loss)
        {
            bool better =
                criteria.Metric == EarlyStoppingMetric.Accuracy ? accuracy - best >= criteria.MinDelta : best - loss >= criteria.MinDelta;
            if (better) (best, stale) = (criteria.Metric == EarlyStoppingMetric.Accuracy ? accuracy : loss, 0);
            else stale++;
            return stale >= criteria.Patience;
        }
    }
}
