namespace EmotionMLNet.Training.ImageClassification;

/// <summary>The options of ML.NET's ImageClassificationTrainer under their names and with their defaults.</summary>
public sealed record ImageClassificationTrainerOptions
{
    /// <summary>The backbone: a model zip, or an ONNX image classifier of any origin. ML.NET offers four that it downloads.</summary>
    public required string Arch { get; init; }

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>Passes over the training images.</summary>
    public int Epoch { get; init; } = 200;

    /// <summary>At the start; a scheduler scales it. (ML.NET ignores it while a scheduler is set, which is its default.)</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>Null trains all epochs.</summary>
    public EarlyStopping? EarlyStoppingCriteria { get; init; } = new();

    /// <summary>Null keeps <see cref="LearningRate"/>.</summary>
    public LearningRateScheduler? LearningRateScheduler { get; init; } = new ExponentialLRDecay();

    /// <summary>Receives every picture's features and every epoch's figures, on the thread that trains.</summary>
    public Action<ImageClassificationMetrics>? MetricsCallback { get; init; }

    /// <summary>Where bottleneck features are kept; null means a folder that is deleted after training.</summary>
    public string? WorkspacePath { get; init; }

    /// <summary>Measure the training set after each epoch.</summary>
    public bool TestOnTrainSet { get; init; } = true;

    /// <summary>
    /// Use features of the training set that lie in the workspace. They are found by the content of backbone and picture, so they are never
    /// those of other pictures.
    /// </summary>
    public bool ReuseTrainSetBottleneckCachedValues { get; init; }

    /// <summary>
    /// Whether cached features of the validation set are used again, as <see cref="ReuseTrainSetBottleneckCachedValues"/>.
    /// </summary>
    public bool ReuseValidationSetBottleneckCachedValues { get; init; }

    /// <summary>Share of the pictures that is held out where no validation set is given; null holds out none.</summary>
    public float? ValidationSetFraction { get; init; } = 0.1f;

    /// <summary>The seed of the division, the order and the first weights (in ML.NET: of its context).</summary>
    public int Seed { get; init; } = 1;
}
