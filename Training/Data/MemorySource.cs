using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Data;

/// <summary>Images that a program has in memory, as a source like any other.</summary>
internal static class MemorySource
{
    /// <summary>Lists images of which validation is dealt, or given beside them.</summary>
    /// <param name="train">To learn from.</param>
    /// <param name="validation">To choose the best epoch on; null takes a share of the others.</param>
    public static SourceListing List(IReadOnlyList<LabelledImage> train, IReadOnlyList<LabelledImage>? validation)
        => List([.. Listed(train, "train"), .. Listed(validation ?? [], "validation")]);

    /// <summary>Lists images that are taken together.</summary>
    public static SourceListing List(IReadOnlyList<LabelledImage> images) => List([.. Listed(images, part: null)]);

    /// <summary>Images to measure a finished model on, beside others.</summary>
    public static IEnumerable<ListedImage> ListTest(IReadOnlyList<LabelledImage> images) => Listed(images, "test");

    private static SourceListing List(ListedImage[] images)
        => new("images in memory", [.. images.Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)], images, [], []);

    private static IEnumerable<ListedImage> Listed(IReadOnlyList<LabelledImage> images, string? part)
        => images.Select((image, i) => new ListedImage(image.Name ?? $"{part ?? "image"}:{i + 1}", image.Label, part, Content(image)));

    private static ImageContent Content(LabelledImage image)
        => image.Decoded is { } decoded ? new DecodedContent(decoded) : new EncodedContent(image.Content);

    /// <summary>A whole file in memory.</summary>
    private sealed class EncodedContent(ReadOnlyMemory<byte> file) : ImageContent
    {
        public override bool IsFile => true;

        public override byte[] Read() => file.ToArray();

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => ImageHeader.Read(content);

        public override void Decode(
            ReadOnlySpan<byte> content,
            ImagePreprocessing preprocessing,
            ImageReaderOptions options,
            Span<byte> pixels
        ) => preprocessing.ReadPixels(content, pixels, options);
    }

    /// <summary>Samples, which are compared as they are.</summary>
    private sealed class DecodedContent(Image image) : ImageContent
    {
        public override byte[] Read() => image.Pixels;

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => null;

        public override Image ReadImage(ReadOnlySpan<byte> content, ImageReaderOptions options) => image;

        public override void Decode(
            ReadOnlySpan<byte> content,
            ImagePreprocessing preprocessing,
            ImageReaderOptions options,
            Span<byte> pixels
        ) => preprocessing.ToPixels(image, pixels);
    }
}
