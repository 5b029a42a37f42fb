using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>The first five bytes of a VP8L bitstream.</summary>
internal readonly record struct LosslessHeader(int Width, int Height, bool HasAlpha)
{
    public const int Bytes = 5;
    private const byte Signature = 0x2F;

    public static LosslessHeader Read(ReadOnlySpan<byte> data, int origin, ImageReaderOptions options)
    {
        if (data.Length < Bytes || data[0] != Signature)
            throw new ImageFormatException(WebPDecoder.Format, origin, "the lossless data do not begin with their signature");
        uint fields = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        if (fields >> 29 != 0)
            throw new ImageFormatException(WebPDecoder.Format, origin + 4, $"version {fields >> 29} of the lossless format is unknown");
        (int width, int height) = ((int)(fields & 0x3FFF) + 1, (int)((fields >> 14) & 0x3FFF) + 1);
        PixelLimit.Check(WebPDecoder.Format, origin + 1, width, height, options);
        return new LosslessHeader(width, height, ((fields >> 28) & 1) != 0);
    }
}
