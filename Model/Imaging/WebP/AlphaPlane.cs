using EmotionMLNet.Imaging.WebP.Lossless;

namespace EmotionMLNet.Imaging.WebP;

/// <summary>
/// The ALPH chunk of a lossy frame (RFC 9649, section 2.7.1.2): raw or VP8L-compressed, with a prediction filter over it; row by row.
/// </summary>
internal sealed class AlphaPlane : IDisposable
{
    private const int Raw = 0;
    private const int Compressed = 1;
    private const int Horizontal = 1;
    private const int Vertical = 2;
    private const int Gradient = 3;

    private readonly int filter;
    private readonly LosslessDecoder? decoder;
    private readonly byte[] raw = [];
    private byte[] row, above;
    private int y;

    /// <param name="chunk">The chunk's payload.</param>
    /// <param name="origin">Its position in the file.</param>
    /// <param name="width">Columns of the frame.</param>
    /// <param name="height">Rows of the frame.</param>
    /// <param name="watch">Ends the work.</param>
    public AlphaPlane(ReadOnlySpan<byte> chunk, int origin, int width, int height, DecodingWatch watch)
    {
        if (chunk.IsEmpty) throw new ImageFormatException(WebPDecoder.Format, origin, "the alpha chunk is empty");
        int method = chunk[0] & 3;
        filter = (chunk[0] >> 2) & 3;
        // Levels reduced by the encoder need nothing undone; values above 1 and the reserved bits belong to no known version.
        int preprocessing = (chunk[0] >> 4) & 3;
        if (method > Compressed || preprocessing > 1 || chunk[0] >> 6 > 1)
            throw new ImageFormatException(WebPDecoder.Format, origin, $"the alpha header 0x{chunk[0]:X2} belongs to no known version");
        ReadOnlySpan<byte> data = chunk[1..];
        row = new byte[width];
        above = new byte[width];
        if (method == Raw)
        {
            if (data.Length < (long)width * height)
                throw new ImageFormatException(
                    WebPDecoder.Format,
                    origin,
                    $"the alpha chunk has {data.Length} bytes for {width} x {height} pixels"
                );
            raw = EncodedCopy.Rent(data);
        }
        else decoder = new LosslessDecoder(data, origin + 1, width, height, watch);
    }

    /// <returns>The next row, 0 transparent to 255 opaque; good until the one after it.</returns>
    public ReadOnlySpan<byte> NextRow()
    {
        (row, above) = (above, row);
        if (decoder is null) raw.AsSpan(y * row.Length, row.Length).CopyTo(row);
        else
        {
            ReadOnlySpan<uint> pixels = decoder.NextRow();
            for (int x = 0; x < row.Length; x++) row[x] = (byte)(pixels[x] >> 8);
        }
        // The first row has nothing above it: every filter predicts it from the left.
        switch (y == 0 && filter != 0 ? Horizontal : filter)
        {
            case Horizontal: AddLeft(row, y == 0 ? (byte)0 : above[0]); break;
            case Vertical: AddAbove(row, above); break;
            case Gradient: AddGradient(row, above); break;
        }
        y++;
        return row;
    }

    public void Dispose()
    {
        decoder?.Dispose();
        if (decoder is null) EncodedCopy.Return(raw);
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
