namespace EmotionMLNet.MLNetZip;

/// <summary>What a reader of a model's figures should know of its training; the manifest's verbatim settings have the rest.</summary>
public sealed record TrainingSummary
{
    /// <summary>Name of the folder or table of pictures, without its place.</summary>
    public string? Data { get; init; }

    /// <summary>Passes over the training images, as asked for; the saved weights may be those of an earlier epoch.</summary>
    public int Epochs { get; init; }

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; }

    /// <summary>The kind of optimiser, as settings name it: "sgd".</summary>
    public string? Optimiser { get; init; }

    /// <summary>Peak learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>How the rate changed, as settings name it: "cosine".</summary>
    public string? Schedule { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int? Seed { get; init; }

    /// <summary>Seconds of training up to the saved epoch, validation included; 0 in what older versions wrote.</summary>
    public double Seconds { get; init; }

    /// <summary>Name of the table of training images that were left out, or null.</summary>
    public string? Excluded { get; init; }

    /// <summary>Names of the models that it learned from besides the labels, and how; null where there were none.</summary>
    public DistillationSummary? Distillation { get; init; }
}

/// <summary>From which models a network learned besides the labels.</summary>
public sealed record DistillationSummary
{
    /// <summary>Names of their files.</summary>
    public required IReadOnlyList<string> Teachers { get; init; }

    /// <summary>Share of the teachers in the loss, 0 to 1.</summary>
    public float Weight { get; init; }

    /// <summary>Temperature of their answers.</summary>
    public float Temperature { get; init; }

    /// <summary>The views in which they were asked once about whole pictures; null: they saw what the student was shown.</summary>
    public string? Views { get; init; }
}
