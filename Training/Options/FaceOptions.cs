namespace EmotionMLNet.Training.Options;

/// <summary>Training of a face detector: what its crops are.</summary>
public sealed record FaceOptions
{
    /// <summary>Side of a training crop in pixels, a multiple of 32.</summary>
    public int CropSide { get; init; } = 256;

    /// <summary>Crops of an epoch; each is drawn anew.</summary>
    public int CropsPerEpoch { get; init; } = 16000;

    /// <summary>Height in pixels of the smallest faces that crops are scaled to, at least 8.</summary>
    public float SmallestFace { get; init; } = 12;

    /// <summary>Height in pixels of the largest.</summary>
    public float LargestFace { get; init; } = 210;

    /// <summary>Share of crops that show no face on purpose, 0 up to below 1.</summary>
    public float EmptyCrops { get; init; } = 0.25f;

    /// <summary>A folder of photographs without a face; null takes none.</summary>
    public string? Background { get; init; }

    /// <summary>Share of training after which empty crops are taken where the detector was wrong, 0 to 1; 1 never.</summary>
    public float MineAfter { get; init; } = 0.5f;

    /// <summary>Share of faces whose lower half is covered.</summary>
    public float Masks { get; init; } = 0.1f;

    /// <summary>Channels of the network's pyramid and heads, at least 4; its other widths are those of the network.</summary>
    public int Pyramid { get; init; } = 48;

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (CropSide < 64 || CropSide % 32 != 0) yield return new("cropSide", CropSide, "give a multiple of 32, at least 64");
        if (CropsPerEpoch < 1) yield return new("cropsPerEpoch", CropsPerEpoch, "give 1 or more");
        if (!(SmallestFace >= 8)) yield return new("smallestFace", SmallestFace, "give 8 pixels or more");
        if (!(LargestFace > SmallestFace && LargestFace <= CropSide))
            yield return new("largestFace", LargestFace, "give more than the smallest, and no more than a crop has");
        if (Pyramid is < 4 or > 1024) yield return new("pyramid", Pyramid, "give 4 to 1024");
        if (!(EmptyCrops is >= 0 and < 1)) yield return new("emptyCrops", EmptyCrops, "give 0 up to below 1");
        if (!(MineAfter is >= 0 and <= 1)) yield return new("mineAfter", MineAfter, "give 0 to 1");
        if (!(Masks is >= 0 and <= 1)) yield return new("masks", Masks, "give 0 to 1");
    }
}
