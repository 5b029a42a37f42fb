namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// JPEG (ITU-T T.81) with Huffman coding at 8 bits: baseline, extended sequential and progressive; grey, YCbCr at any subsampling,
/// RGB, CMYK and YCCK. Pixels are those of libjpeg-turbo with its default settings, and of Pillow for CMYK, bit by bit, at full scale
/// and at 1/2, 1/4 and 1/8.
/// </summary>
internal static class JpegDecoder
{
    internal const string Format = "JPEG";

    public static bool Recognises(ReadOnlySpan<byte> encoded) => encoded.StartsWith([(byte)0xFF, JpegMarker.Soi, (byte)0xFF]);

    /// <summary>Decodes at the smallest scale of 1/1, 1/2, 1/4 and 1/8 that is not below the wanted size.</summary>
    /// <remarks>What a reduced picture does not need is not decoded, and so not checked: most of a progressive file at 1/8.</remarks>
    /// <returns>1 channel for grey, else 3; EXIF orientation applied.</returns>
    /// <exception cref="ImageFormatException">
    /// The content is broken, truncated, of an unsupported kind or larger than the limit.
    /// </exception>
    public static Raster Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options, ImageMemory memory)
    {
        if (!Recognises(encoded)) throw Error(0, "the file does not begin with FF D8 FF");
        using var reader = new JpegReader(encoded, options, memory);
        Raster stored = reader.Read();
        return Exif.Apply(stored, reader.Orientation, memory);
    }

    /// <summary>The same with memory of its own.</summary>
    public static Image Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options)
    {
        var memory = new ImageMemory(forImages: true);
        try
        {
            return Decode(encoded, options, memory).ToImage();
        }
        finally
        {
            memory.Release();
        }
    }

    internal static ImageFormatException Error(long offset, string reason) => new(Format, offset, reason);
}
