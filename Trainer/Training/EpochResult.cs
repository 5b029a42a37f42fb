namespace EmotionMLNet.Trainer.Training;

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean over the augmented training batches, while the weights were changing.</param>
/// <param name="TrainAccuracy">Likewise, 0 to 1.</param>
/// <param name="ValidationLoss">Log loss of the validated weights, nats.</param>
/// <param name="ValidationAccuracy">0 to 1.</param>
/// <param name="MacroF1">On validation, 0 to 1.</param>
/// <param name="LearningRate">At the epoch's end.</param>
/// <param name="ImagesPerSecond">Of the training pass.</param>
/// <param name="Seconds">The whole epoch, with validation.</param>
/// <param name="Improved">Whether it is the best so far.</param>
internal sealed record EpochResult(int Epoch, double TrainLoss, double TrainAccuracy, double ValidationLoss, double ValidationAccuracy, double MacroF1,
    double LearningRate, double ImagesPerSecond, double Seconds, bool Improved)
{
    /// <summary>The figure by which epochs are compared; larger is better.</summary>
    public double Score(SelectionMetric metric) => metric switch
    {
        SelectionMetric.Accuracy => ValidationAccuracy,
        SelectionMetric.MacroF1 => MacroF1,
        _ => -ValidationLoss,
    };
}
