namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>The uncompressed bytes before a key frame (RFC 6386, section 9.1).</summary>
/// <param name="Width">Columns shown; the scaling bits are for players and ignored.</param>
/// <param name="Height">Rows shown.</param>
/// <param name="FirstPartitionLength">Bytes of the partition with the headers and prediction modes, which follows.</param>
internal readonly record struct FrameHeader(int Width, int Height, int FirstPartitionLength)
{
    public const int Bytes = 10;
    private const int MaxProfile = 3;

    // The modes of a macroblock cost more than a bit: the fixed probabilities of the luma and chroma modes see to that.
    private const int MacroblocksPerByte = 8;

    public int MacroblocksAcross => (Width + 15) >> 4;

    public int MacroblocksDown => (Height + 15) >> 4;

    public static FrameHeader Read(ReadOnlySpan<byte> data, int origin, ImageReaderOptions options)
    {
        if (data.Length < Bytes) throw Error(origin, $"a lossy picture has {data.Length} bytes, less than its header");
        int tag = data[0] | (data[1] << 8) | (data[2] << 16);
        if ((tag & 1) != 0) throw Error(origin, "the lossy picture is no key frame");
        if (((tag >> 1) & 7) > MaxProfile) throw Error(origin, $"profile {(tag >> 1) & 7} of the lossy format is unknown");
        if ((tag & 0x10) == 0) throw Error(origin, "the lossy picture is marked as not to be shown");
        if (data[3] != 0x9D || data[4] != 0x01 || data[5] != 0x2A)
            throw Error(origin + 3, "the start code of the lossy picture is missing");
        int length = tag >> 5;
        if (length > data.Length - Bytes)
            throw Error(origin, $"the first partition announces {length} bytes, {data.Length - Bytes} are left: the file is cut off");
        var header = new FrameHeader((data[6] | (data[7] << 8)) & 0x3FFF, (data[8] | (data[9] << 8)) & 0x3FFF, length);
        PixelLimit.Check(WebPDecoder.Format, origin + 6, header.Width, header.Height, options);
        // Before anything is allocated: a few bytes may not claim a hundred megapixels.
        if ((long)header.MacroblocksAcross * header.MacroblocksDown > (long)length * MacroblocksPerByte)
            throw Error(
                origin,
                $"{length} bytes of prediction modes cannot serve "
                    + $"{header.Width} x {header.Height} pixels: the file is cut off or made up"
            );
        return header;
    }

    private static ImageFormatException Error(int offset, string reason) => new(WebPDecoder.Format, offset, reason);
}
