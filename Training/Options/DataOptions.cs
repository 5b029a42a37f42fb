using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>Where the images are, how they are divided, and how they are read.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// A folder (class folders, or split folders over class folders) or a CSV file (FER2013's, or of path, label and perhaps split).
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Class names in class order, images of others are left out; null takes labels.txt beside the data when there is one, else what is
    /// there.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Decides which image goes into which split where the source does not say; null is the seed of the run.</summary>
    public long? SplitSeed { get; init; }

    /// <summary>
    /// Share of the images (or of train, when only that is given) that becomes validation where the source has none, 0 up to below 1.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>Share of the images that becomes the test where the source gives no split at all, 0 up to below 1.</summary>
    public double TestFraction { get; init; } = 0.1;

    /// <summary>Keep pictures that look the same, not only identical files, in one split where images are dealt.</summary>
    public bool SimilarTogether { get; init; }

    /// <summary>Refuse data with findings: unusable files, blank ones, twins in two splits or under two labels.</summary>
    public bool Strict { get; init; }

    /// <summary>
    /// What pictures show: null says nothing of it; <see cref="FaceSearch.Off"/> records that they are whole scenes;
    /// <see cref="FaceSearch.Largest"/> cuts each to its largest face, as prediction will. Pictures that are faces already stay as they
    /// are, those without a face are left out.
    /// </summary>
    public FaceSearch? Faces { get; init; }

    /// <summary>The file of the detector that finds faces.</summary>
    public string? Detector { get; init; }

    /// <summary>
    /// Largest change of the square that is cut, as a share of its side: training sees each face cut in several ways, 0 up to below 0.5.
    /// </summary>
    public float FaceJitter { get; init; } = 0.1f;

    /// <summary>Take every image as this split, whatever the source says: a folder meant for nothing but evaluation.</summary>
    internal Split? WholeAs { get; init; }

    /// <summary>Largest width · height of a picture.</summary>
    internal long MaxPixels { get; init; } = Imaging.ImageReaderOptions.Default.MaxPixels;

    /// <summary>The seed of the division as the hash takes it.</summary>
    internal ulong Seed => (ulong)(SplitSeed ?? 1);

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (!(ValidationFraction is >= 0 and < 1))
            yield return new("validationFraction", ValidationFraction, "give a number from 0 to below 1");
        if (!(TestFraction is >= 0 and < 1)) yield return new("testFraction", TestFraction, "give a number from 0 to below 1");
        if (ValidationFraction + TestFraction >= 1)
            yield return new(
                "validationFraction",
                ValidationFraction,
                $"with {{data.testFraction}} {Number(TestFraction)} nothing is left for training: give less of one of them"
            );
        if (Faces == FaceSearch.All) yield return new("faces", "all", "training takes one face of a picture: give largest or off");
        if (Faces == FaceSearch.Largest && Detector is null)
            yield return new("detector", null, "faces are found by a detector: give the file of one");
        if (!(FaceJitter is >= 0 and < 0.5f)) yield return new("faceJitter", FaceJitter, "give 0 up to below 0.5");
        if (MaxPixels < 1) yield return new("maxPixels", MaxPixels, "give at least 1");
        if (Labels is null) yield break;
        if (Labels.Count == 0) yield return new("labels", null, $"there are none: give {LabelList.Forms}");
        if (LabelList.Unshowable(Labels) is { } label)
            yield return new(
                "labels",
                null,
                $"the label {PrintableText.Line(label)} holds characters that can't be shown: write it without them"
            );
        if (Labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            yield return new("labels", null, $"{twice.Key} stands there twice");
    }

    private static string Number(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
