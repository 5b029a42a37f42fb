namespace EmotionMLNet.MLNetZip;

/// <summary>
/// How the data of a training were divided where their source gives no split: with any other division, pictures that a model was trained on
/// stand in its validation and test.
/// </summary>
public sealed record DataDivision
{
    /// <summary>Decides which image goes into which split.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Share of the images, or of train where only that is given, that became validation: 0 up to below 1.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Share of the images that was set aside as the test where the source gives no split at all: 0 up to below 1.</summary>
    public double TestFraction { get; init; }

    /// <summary>Whether pictures that look the same stayed in one split, not only identical files.</summary>
    public bool SimilarTogether { get; init; }
}
