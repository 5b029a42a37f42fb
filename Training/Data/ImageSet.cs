using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>The usable images of one split, decoded once and kept as bytes at network size.</summary>
/// <param name="Split">Which part this is.</param>
/// <param name="Name">What the source calls it: "PublicTest", "PublicTest + PrivateTest (merged)", "10 % of 293, seed 1".</param>
/// <param name="Labels">Class names in class order.</param>
/// <param name="Classes">Class index an image.</param>
/// <param name="Pixels">[Height, Width, Channels] samples an image, as ImagePreprocessing.ToPixels made them.</param>
/// <param name="Sources">Where each image came from: a path relative to the data folder, or "fer2013.csv:17".</param>
internal sealed record ImageSet(Split Split, string Name, IReadOnlyList<string> Labels, int[] Classes, byte[][] Pixels, string[] Sources)
{
    public int Count => Classes.Length;

    /// <summary>
    /// A target an image [classes], summing to 1, or null where it is the class alone; null altogether without soft labels.
    /// </summary>
    public IReadOnlyList<float[]?>? Targets { get; init; }

    /// <summary>What a second task wants of each image, behind its target; null without one.</summary>
    public AuxiliaryVotes? Auxiliary { get; init; }

    /// <summary>
    /// Where each image can be read again as it is stored, for those that decode it themselves; null where it came from no source.
    /// </summary>
    public IReadOnlyList<ImageContent>? Contents { get; init; }

    /// <summary>
    /// The same images cut in other ways, any number an image, of which training shows one at a time; null where there are none.
    /// </summary>
    public IReadOnlyList<byte[][]>? Variants { get; init; }

    /// <summary>An image as it is cut, or one of its variants.</summary>
    /// <param name="image">Its index.</param>
    /// <param name="draw">Any number: which one.</param>
    public byte[] Choose(int image, ulong draw)
    {
        if (Variants?[image] is not { Length: > 0 } variants) return Pixels[image];
        int chosen = (int)(draw % (ulong)(variants.Length + 1));
        return chosen == 0 ? Pixels[image] : variants[chosen - 1];
    }

    /// <summary>Floats that <see cref="CopyTarget"/> writes: one a label, and behind them one an answer of the second task.</summary>
    public int TargetLength => Labels.Count + (Auxiliary?.Answers.Count ?? 0);

    /// <summary>Some of the images, in that order.</summary>
    public ImageSet Subset(IReadOnlyList<int> images) => this with
    {
        Classes = [.. images.Select(i => Classes[i])],
        Pixels = [.. images.Select(i => Pixels[i])],
        Sources = [.. images.Select(i => Sources[i])],
        Variants = Variants is null ? null : [.. images.Select(i => Variants[i])],
        Contents = Contents is null ? null : [.. images.Select(i => Contents[i])],
        Targets = Targets is null ? null : [.. images.Select(i => Targets[i])],
        Auxiliary = Auxiliary?.Subset(images),
    };

    /// <summary>Writes what training wants the network to say of an image.</summary>
    /// <param name="image">Its index.</param>
    /// <param name="target">[<see cref="TargetLength"/>].</param>
    public void CopyTarget(int image, Span<float> target)
    {
        if (Auxiliary is not null)
        {
            Span<float> second = target[Labels.Count..];
            target = target[..Labels.Count];
            if (Auxiliary.Targets[image] is { } votes) votes.CopyTo(second);
            else second.Clear();
        }
        if (Targets?[image] is { } soft) soft.CopyTo(target);
        else
        {
            target.Clear();
            target[Classes[image]] = 1;
        }
    }
}

/// <summary>A loaded data set.</summary>
/// <param name="Labels">Class names in class order.</param>
/// <param name="Sets">The splits that were asked for.</param>
/// <param name="Fingerprint">SHA-256, hex, over labels, splits, classes and pixels.</param>
internal sealed record Dataset(IReadOnlyList<string> Labels, IReadOnlyList<ImageSet> Sets, string Fingerprint)
{
    /// <summary>What training leaves out or sees otherwise; the fingerprint is that of the data before.</summary>
    public TrainingSetChanges Changes { get; init; } = TrainingSetChanges.None;

    public ImageSet? this[Split split] => Sets.FirstOrDefault(s => s.Split == split);

    /// <summary>The images that the best epoch is chosen on.</summary>
    /// <param name="source">The user's name of the data.</param>
    /// <exception cref="TrainingException">There are none; the message says how there would be.</exception>
    public ImageSet RequireValidation(string source) =>
        this[Split.Validation]
        ?? throw new TrainingException(
            $"{source} has no validation images, on which the best epoch is chosen: add a folder of them, give more images, or "
                + $"raise {{data.validationFraction}}."
        );
}
