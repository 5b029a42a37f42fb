using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Data;

/// <summary>Where the bytes of one image lie and how they become pixels.</summary>
internal abstract class ImageContent
{
    /// <summary>The bytes as stored; what "byte-identical" compares.</summary>
    /// <exception cref="UnusableFileException">It is no regular file, or larger than <see cref="RegularFile.DefaultMaxBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract byte[] Read();

    /// <summary>Format and size as the header tells them, without decoding; null when it is unreadable.</summary>
    public abstract ImageHeader? Describe(ReadOnlySpan<byte> content);

    /// <summary>Whether <see cref="Read"/> gives the content of a picture file, in which faces can be looked for.</summary>
    public virtual bool IsFile => false;

    /// <summary>Decodes the picture upright and at full size.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    public virtual Image ReadImage(ReadOnlySpan<byte> content, ImageReaderOptions options) => ImageReader.Read(content, options);

    /// <summary>Decodes to network size.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    public abstract void Decode(
        ReadOnlySpan<byte> content,
        ImagePreprocessing preprocessing,
        ImageReaderOptions options,
        Span<byte> pixels
    );
}

/// <summary>A file of its own.</summary>
internal sealed class FileContent(string path) : ImageContent
{
    /// <summary>Where it lies.</summary>
    public string Path => path;

    public override bool IsFile => true;

    public override byte[] Read() => RegularFile.ReadAllBytes(path);

    public override ImageHeader? Describe(ReadOnlySpan<byte> content) => ImageHeader.Read(content);

    public override void Decode(ReadOnlySpan<byte> content, ImagePreprocessing preprocessing, ImageReaderOptions options, Span<byte> pixels)
        => preprocessing.ReadPixels(content, pixels, options);
}
