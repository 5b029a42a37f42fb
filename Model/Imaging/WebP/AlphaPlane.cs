using EmotionMLNet.Imaging.WebP.Lossless;

namespace EmotionMLNet.Imaging.WebP;

/// <summary>The ALPH chunk of a lossy frame (RFC 9649, section 2.7.1.2): raw or VP8L-compressed, with a prediction filter over it.</summary>
internal static class AlphaPlane
{
    private const int Raw = 0;
    private const int Compressed = 1;
    private const int Horizontal = 1;
    private const int Vertical = 2;
    private const int Gradient = 3;

    /// <returns>[height, width], 0 transparent to 255 opaque.</returns>
    public static byte[] Decode(ReadOnlySpan<byte> chunk, int origin, int width, int height)
    {
        if (chunk.IsEmpty) throw new ImageFormatException(WebPDecoder.Format, origin, "the alpha chunk is empty");
        int method = chunk[0] & 3;
        int filter = (chunk[0] >> 2) & 3;
        // Levels reduced by the encoder need nothing undone; values above 1 and the reserved bits belong to no known version.
        int preprocessing = (chunk[0] >> 4) & 3;
        if (method > Compressed || preprocessing > 1 || chunk[0] >> 6 > 1)
            throw new ImageFormatException(WebPDecoder.Format, origin, $"the alpha header 0x{chunk[0]:X2} belongs to no known version");
        ReadOnlySpan<byte> data = chunk[1..];
        byte[] alpha = GC.AllocateUninitializedArray<byte>(width * height);
        if (method == Raw)
        {
            if (data.Length < alpha.Length)
                throw new ImageFormatException(WebPDecoder.Format, origin, $"the alpha chunk has {data.Length} bytes for {width} x {height} pixels");
            data[..alpha.Length].CopyTo(alpha);
        }
        else
        {
            uint[] pixels = LosslessDecoder.DecodePixels(data, origin + 1, width, height);
            for (int i = 0; i < alpha.Length; i++) alpha[i] = (byte)(pixels[i] >> 8);
        }
        Unfilter(alpha, width, filter);
        return alpha;
    }

    private static void Unfilter(byte[] alpha, int width, int filter)
    {
        if (filter is not (Horizontal or Vertical or Gradient)) return;
        // The first row has nothing above it: every filter predicts it from the left.
        AddLeft(alpha.AsSpan(0, width), 0);
        for (int start = width; start < alpha.Length; start += width)
        {
            Span<byte> row = alpha.AsSpan(start, width);
            ReadOnlySpan<byte> above = alpha.AsSpan(start - width, width);
            switch (filter)
            {
                case Horizontal: AddLeft(row, above[0]); break;
                case Vertical: AddAbove(row, above); break;
                default: AddGradient(row, above); break;
            }
        }
    }

    private static void AddLeft(Span<byte> row, byte left)
    {
        for (int x = 0; x < row.Length; x++) left = row[x] += left;
    }

    private static void AddAbove(Span<byte> row, ReadOnlySpan<byte> above)
    {
        for (int x = 0; x < row.Length; x++) row[x] += above[x];
    }

    private static void AddGradient(Span<byte> row, ReadOnlySpan<byte> above)
    {
        int left = above[0];
        int aboveLeft = left;
        for (int x = 0; x < row.Length; x++)
        {
            int top = above[x];
            left = row[x] += (byte)Math.Clamp(left + top - aboveLeft, 0, 255);
            aboveLeft = top;
        }
    }
}
