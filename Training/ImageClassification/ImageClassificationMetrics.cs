namespace EmotionMLNet.Training.ImageClassification;

/// <summary>Which pictures a figure is about.</summary>
public enum ImageClassificationDataset
{
    /// <summary>Those that are trained on.</summary>
    Train,

    /// <summary>Those that are held out.</summary>
    Validation,
}

/// <summary>What a callback is told: either of a picture's features, or of an epoch.</summary>
/// <param name="Bottleneck">Set while features are computed.</param>
/// <param name="Train">Set after each epoch, once for the training set and once for the validation set.</param>
public sealed record ImageClassificationMetrics(BottleneckMetrics? Bottleneck, TrainMetrics? Train);

/// <summary>A picture went through the backbone, or its features came from the cache.</summary>
/// <param name="DatasetUsed">Which set it is of.</param>
/// <param name="Index">How many of the set are done.</param>
public sealed record BottleneckMetrics(ImageClassificationDataset DatasetUsed, int Index);

/// <summary>An epoch is done.</summary>
/// <param name="DatasetUsed">The set that was measured.</param>
/// <param name="BatchProcessedCount">Batches of the epoch.</param>
/// <param name="Epoch">Number of the epoch, from 0, as in ML.NET.</param>
/// <param name="Accuracy">
/// 0 to 1, over images; ML.NET takes the mean over batches, in which a last small batch counts as much as the others.
/// </param>
/// <param name="CrossEntropy">Mean over images, nats.</param>
/// <param name="LearningRate">The learning rate of the epoch's last batch.</param>
public sealed record TrainMetrics(
    ImageClassificationDataset DatasetUsed,
    int BatchProcessedCount,
    int Epoch,
    float Accuracy,
    float CrossEntropy,
    float LearningRate
);
