using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Counts of one split.</summary>
/// <param name="Split">Train, validation or test.</param>
/// <param name="Name">The name that the source gives it, or how it was made.</param>
/// <param name="Read">Whether its images were decoded; else <see cref="Usable"/> equals <see cref="Listed"/> unchecked.</param>
/// <param name="Listed">Images named by the source, a class.</param>
/// <param name="Usable">Images that decode, a class.</param>
internal sealed record SplitCount(Split Split, string Name, bool Read, IReadOnlyList<int> Listed, IReadOnlyList<int> Usable)
{
    /// <summary>What is right on this split without looking at a picture.</summary>
    public BaselineAccuracy Baseline =>
        BaselineAccuracy.Compute([.. Usable.SelectMany((count, c) => Enumerable.Repeat(c, count))], Math.Max(1, Usable.Count));
}

/// <summary>How many pictures have a format.</summary>
internal sealed record FormatCount(string Format, int Images);

/// <summary>Stored sizes of the pictures, in pixels.</summary>
internal sealed record SizeRange(
    int MinimumWidth,
    int MinimumHeight,
    int MedianWidth,
    int MedianHeight,
    int MaximumWidth,
    int MaximumHeight,
    int DistinctSizes
);

/// <summary>A usable image of a single grey level or colour.</summary>
internal sealed record BlankImage(Split Split, string Name);

/// <summary>What a data set holds and what is wrong with it.</summary>
/// <param name="Path">The path as it was given.</param>
/// <param name="Source">The form that was recognised.</param>
/// <param name="Labels">Class names in class order.</param>
/// <param name="Splits">The splits in the order train, validation, test.</param>
/// <param name="Formats">Most frequent first, of the splits that were read.</param>
/// <param name="Sizes">Sizes of the images in the splits that were read; null when no header could be read.</param>
/// <param name="Unusable">Every file or row that can't be used.</param>
/// <param name="Blank">Usable images of a single grey level or colour.</param>
/// <param name="ByteIdentical">Images stored with the same bytes.</param>
/// <param name="PixelIdentical">Images that the network sees as the same, byte-identical ones included.</param>
/// <param name="Notes">How the source was understood.</param>
internal sealed record DataReport(
    string Path,
    string Source,
    IReadOnlyList<string> Labels,
    IReadOnlyList<SplitCount> Splits,
    IReadOnlyList<FormatCount> Formats,
    SizeRange? Sizes,
    IReadOnlyList<UnusableImage> Unusable,
    IReadOnlyList<BlankImage> Blank,
    DuplicateCount ByteIdentical,
    DuplicateCount PixelIdentical,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Folders that can't be read: images may be missing that nobody knows of.</summary>
    public IReadOnlyList<UnusableImage> Unreadable { get; init; } = [];

    /// <summary>The faces in the pictures; null where none were looked for.</summary>
    public FaceReport? Faces { get; init; }

    /// <summary>
    /// What --strict does not accept: unusable images, folders that can't be read, blank images, images that also stand in another split,
    /// identical images with different labels, and, where faces were looked for, pictures with none or several. Copies within one class of
    /// one split are counted but accepted.
    /// </summary>
    public bool HasFindings =>
        Unreadable.Count > 0
        || Unusable.Count > 0
        || Blank.Count > 0
        || PixelIdentical.AcrossSplits > 0
        || PixelIdentical.ConflictingGroups > 0
        || Faces is { None.Count: > 0 } or { Many.Count: > 0 };

    /// <summary>The findings in one line, "3 unusable, 2 also in another split"; empty without any.</summary>
    public string Findings()
    {
        (int Count, string What)[] findings =
        [
            (Unreadable.Count, Unreadable.Count == 1 ? "folder that can't be read" : "folders that can't be read"),
            (Unusable.Count, "unusable"),
            (Blank.Count, "blank"),
            (PixelIdentical.AcrossSplits, "also in another split"),
            (PixelIdentical.ConflictingGroups, "identical under different labels (groups)"),
            (Faces?.None.Count ?? 0, "without a face"),
            (Faces?.Many.Count ?? 0, "with several faces"),
        ];
        return string.Join(", ", findings.Where(f => f.Count > 0).Select(f => FormattableString.Invariant($"{f.Count:N0} {f.What}")));
    }
}
