using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>What became of one image.</summary>
internal sealed record DecodedImage(ListedImage Image, Split Split)
{
    /// <summary>Why it can't be used; null when it can.</summary>
    public string? Reason { get; private init; }

    /// <summary>Samples at network size, unless they were not to be kept.</summary>
    public byte[]? Pixels { get; private init; }

    /// <summary>The same cut in other ways; none where no face was cut.</summary>
    public byte[][] Variants { get; private init; } = [];

    /// <summary>Format and size as stored.</summary>
    public ImageHeader? Header { get; private init; }

    /// <summary>The hash of the bytes as stored.</summary>
    public UInt128 StoredHash { get; private init; }

    /// <summary>The hash of the pixels at network size.</summary>
    public UInt128 PixelHash { get; private init; }

    /// <summary>Whether all pixels are the same.</summary>
    public bool Blank { get; private init; }

    /// <summary>Decodes; a bad file becomes a <see cref="Reason"/>.</summary>
    public static DecodedImage Read(
        ListedImage image,
        Split split,
        ImagePreprocessing preprocessing,
        ImageReaderOptions limits,
        bool keepPixels,
        FaceCuts? faces
    )
    {
        try
        {
            byte[] content = image.Content.Read(), pixels = new byte[preprocessing.Length];
            byte[][] variants = [];
            if (faces is null || !image.Content.IsFile) image.Content.Decode(content, preprocessing, limits, pixels);
            else if (!faces.Cut(content, pixels, keepPixels && split == Split.Train, out variants))
                return new DecodedImage(image, split) { Reason = FaceCuts.NoFace };
            return new DecodedImage(image, split)
            {
                Pixels = keepPixels ? pixels : null,
                Variants = variants,
                Header = image.Content.Describe(content),
                StoredHash = ContentHash.Compute(content),
                PixelHash = ContentHash.Compute(pixels),
                Blank = IsBlank(pixels, preprocessing.Channels),
            };
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            return new DecodedImage(image, split) { Reason = e is UnusableFileException unusable ? unusable.Reason : e.Message };
        }
    }

    /// <summary>Every pixel equals the one before it.</summary>
    private static bool IsBlank(ReadOnlySpan<byte> pixels, int channels) => pixels[channels..].SequenceEqual(pixels[..^channels]);
}
