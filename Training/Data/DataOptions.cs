namespace EmotionMLNet.Training.Data;

/// <summary>Where the images are and how they are to be read.</summary>
internal sealed record DataOptions
{
    /// <summary>A folder (class folders, or split folders over class folders) or a CSV file (FER2013's, or of path, label and perhaps split).</summary>
    public required string Path { get; init; }

    /// <summary>Decides which image goes into which split where the source does not say.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Share of the images (or of train, when only that is given) that becomes validation where the source has none.</summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>Share of the images that becomes the test where the source gives no split at all.</summary>
    public double TestFraction { get; init; } = 0.1;

    /// <summary>Keep pictures that look the same (<see cref="SimilarImages"/>), not only identical files, in one split where images are dealt.</summary>
    public bool SimilarTogether { get; init; }

    /// <summary>Refuse data with findings (see <see cref="DataReport.HasFindings"/>).</summary>
    public bool Strict { get; init; }

    /// <summary>Class names in class order, images of others are left out; null takes labels.txt beside the data when there is one, else what is there.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Take every image as this split, whatever the source says: a folder meant for nothing but evaluation.</summary>
    public Split? WholeAs { get; init; }

    /// <summary>Largest width · height of a picture.</summary>
    public long MaxPixels { get; init; } = Imaging.ImageReaderOptions.Default.MaxPixels;

    /// <summary>What is wrong with these settings, each with its remedy; empty when they can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(ValidationFraction is >= 0 and < 1)) yield return $"the validation fraction is {ValidationFraction}: give a number from 0 to below 1";
        if (!(TestFraction is >= 0 and < 1)) yield return $"the test fraction is {TestFraction}: give a number from 0 to below 1";
        if (ValidationFraction + TestFraction >= 1) yield return $"validation and test fractions are {ValidationFraction + TestFraction} together: nothing is left for training";
        if (MaxPixels < 1) yield return $"the pixel limit is {MaxPixels}: give at least 1";
    }
}
