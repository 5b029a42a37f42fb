using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>
/// Pictures of one format: decoded whole and as predictors do, in memory that the picture before was in. Small pictures only: a limit of
/// pixels refuses the others at their header, and <see cref="ImageLimitFamily"/> is about those.
/// </summary>
internal class ImageFamily(string name, IReadOnlyList<byte[]> seeds) : FormatFamily(name)
{
    private static readonly ImageReaderOptions Small = new() { MaxPixels = 1 << 14 };

    private static readonly ImagePreprocessing Grey = new()
    {
        Width = 7,
        Height = 5,
        Channels = 1,
        Resize = ResizeMode.Pad,
        Mean = [0],
        StandardDeviation = [1],
    };

    public override IReadOnlyList<byte[]> Seeds => seeds;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (raw.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P'])) return ImageMutators.Png(raw, random, other);
        if (raw.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return ImageMutators.Jpeg(raw, random, other);
        return raw.StartsWith("RIFF"u8)
            ? ImageMutators.WebP(raw, random, other)
            : ByteMutator.Mutate(raw, random, ImageMutators.Words, other);
    }

    /// <summary>The last byte of a broken PNG decides whether its checksums stay wrong.</summary>
    public override byte[] Complete(byte[] raw) => raw is [0x89, (byte)'P', ..] && raw[^1] % 16 != 15 ? ImageMutators.RepairPng(raw) : raw;

    public override ulong Read(byte[] file, Scratch scratch)
    {
        ImageHeader.Read(file);
        ImageMemory memory = scratch.Kept.TryGetValue(nameof(ImageMemory), out object? kept) ? (ImageMemory)kept : new ImageMemory();
        scratch.Kept[nameof(ImageMemory)] = memory;
        Span<byte> fresh = stackalloc byte[Grey.Length], used = stackalloc byte[Grey.Length];
        ImageReaderOptions options = Grey.ReaderOptions(Small);
        Image image = ImageReader.Read(file, Small);
        Grey.ReadPixels(file, fresh, options, new ImageMemory());
        Grey.ReadPixels(file, used, options, memory);
        if (!fresh.SequenceEqual(used))
            throw new BrokenPromiseException("a picture decoded in used memory is another than in fresh memory");
        return (ulong)(image.Channels << 16 | int.Log2(image.Width) << 8 | int.Log2(image.Height));
    }
}

/// <summary>Pictures of all formats under the limits that users have: what a small file may cost.</summary>
internal sealed class ImageLimitFamily(IReadOnlyList<byte[]> seeds) : ImageFamily("image-limits", seeds)
{
    private static readonly ImagePreprocessing Colour = new()
    {
        Width = 48,
        Height = 48,
        Channels = 3,
        Mean = [0, 0, 0],
        StandardDeviation = [1, 1, 1],
    };

    public override int BlockInputs => 500;

    public override int TestInputs => 150;

    public override ulong Read(byte[] file, Scratch scratch)
    {
        var pixels = new byte[Colour.Length];
        Colour.ReadPixels(file, pixels, ImageReaderOptions.Default);
        return 1;
    }
}
