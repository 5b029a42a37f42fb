using EmotionMLNet.Imaging.Bmp;
using EmotionMLNet.Imaging.Gif;
using EmotionMLNet.Imaging.Jpeg;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Imaging.Pnm;
using EmotionMLNet.Imaging.WebP;

namespace EmotionMLNet.Imaging;

/// <summary>Decodes a picture by its content, never by its name: JPEG, PNG, BMP, GIF (first frame), WebP, PNM.</summary>
/// <remarks>All members may be called from any number of threads at once.</remarks>
public static class ImageReader
{
    // Strong signatures first: BMP and PNM have but two bytes.
    private static readonly (Recogniser Recognises, Decoder Decode)[] Codecs =
    [
        (JpegDecoder.Recognises, JpegDecoder.Decode),
        (PngDecoder.Recognises, (encoded, options, _) => Raster.Of(PngDecoder.Decode(encoded, options))),
        (WebPDecoder.Recognises, (encoded, options, _) => Raster.Of(WebPDecoder.Decode(encoded, options))),
        (GifDecoder.Recognises, (encoded, options, _) => Raster.Of(GifDecoder.Decode(encoded, options))),
        (BmpDecoder.Recognises, (encoded, options, _) => Raster.Of(BmpDecoder.Decode(encoded, options))),
        (PnmDecoder.Recognises, (encoded, options, _) => Raster.Of(PnmDecoder.Decode(encoded, options))),
    ];

    private delegate bool Recogniser(ReadOnlySpan<byte> start);

    private delegate Raster Decoder(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory);

    /// <summary>Decodes encoded bytes to upright pixels: EXIF orientation applied, alpha laid over the background.</summary>
    /// <returns>An image of 1 (grey) or 3 (RGB) channels.</returns>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or larger than the limit.</exception>
    public static Image Read(ReadOnlySpan<byte> encoded, ImageReaderOptions? options = null) => Read(encoded, options ?? ImageReaderOptions.Default, new ImageMemory()).ToImage();

    /// <summary>The same in memory that is used for one picture after another; a JPEG then allocates nothing.</summary>
    internal static Raster Read(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory)
    {
        Decoder decode = Find(encoded) ?? throw ForeignFormat.Explain(encoded);
        Raster image = decode(encoded, options, memory); // may hold straight alpha
        return image.Channels == 4 ? Raster.Of(AlphaBlend.Over(image.ToImage(), options.Background)) : image;
    }

    /// <summary>Decodes the rest of a stream; see <see cref="Read(ReadOnlySpan{byte}, ImageReaderOptions?)"/>.</summary>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or larger than the limit.</exception>
    /// <exception cref="IOException">The stream cannot be read, or holds 2 GB or more.</exception>
    public static Image Read(Stream stream, ImageReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Read(memory.GetBuffer().AsSpan(0, (int)memory.Length), options);
    }

    /// <summary>Decodes a file; see <see cref="Read(ReadOnlySpan{byte}, ImageReaderOptions?)"/>.</summary>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or larger than the limit.</exception>
    /// <exception cref="IOException">The file cannot be read, or holds 2 GB or more.</exception>
    public static Image ReadFile(string path, ImageReaderOptions? options = null) => Read(File.ReadAllBytes(path), options);

    /// <summary>Whether the first bytes (16 suffice) are those of a format that is decoded here.</summary>
    public static bool Recognises(ReadOnlySpan<byte> start) => Find(start) is not null;

    private static Decoder? Find(ReadOnlySpan<byte> start)
    {
        foreach ((Recogniser recognises, Decoder decode) in Codecs)
        {
            if (recognises(start)) return decode;
        }
        return null;
    }
}
