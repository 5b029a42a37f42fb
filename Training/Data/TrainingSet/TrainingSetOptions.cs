namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>What is changed of the training split, and of it alone.</summary>
internal sealed record TrainingSetOptions
{
    /// <summary>Leave out images with a twin in validation, blank ones, and identical ones under different labels.</summary>
    public bool DropLeaks { get; init; }

    /// <summary>A table of images to leave out, or null.</summary>
    public string? Exclude { get; init; }

    /// <summary>A table of votes, or null.</summary>
    public string? SoftLabels { get; init; }

    /// <summary>Share of the votes in a target, above 0 up to 1.</summary>
    public float SoftWeight { get; init; } = 1;

    /// <summary>A table of votes that become a second task, or null.</summary>
    public string? Auxiliary { get; init; }

    /// <summary>See <see cref="EpochOrder"/>.</summary>
    public float Balance { get; init; }
}
