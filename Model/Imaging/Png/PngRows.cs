using System.Buffers;
using System.IO.Compression;

namespace EmotionMLNet.Imaging.Png;

/// <summary>Inflates and unfilters one row after the other; two rows are held.</summary>
internal sealed class PngRows : IDisposable
{
    private readonly PngHeader header;
    private readonly ZLibStream zlib;
    private readonly int end;
    private byte[] row;
    private byte[] above;
    private int length;

    /// <param name="header">Sizes.</param>
    /// <param name="zlib">The pixel data.</param>
    /// <param name="end">Byte position in the file where the pixel data end.</param>
    public PngRows(PngHeader header, ZLibStream zlib, int end)
    {
        this.header = header;
        this.zlib = zlib;
        this.end = end;
        int capacity = 1 + header.RowBytes(header.Width) + PngFilter.Slack;
        row = ArrayPool<byte>.Shared.Rent(capacity);
        above = ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <summary>Begins a picture of its own with rows of so many pixels: the row above the first is zero.</summary>
    public void BeginPass(int width)
    {
        length = header.RowBytes(width);
        row.AsSpan(0, 1 + length).Clear();
    }

    /// <summary>The next row, valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        (row, above) = (above, row);
        int got = zlib.ReadAtLeast(row.AsSpan(0, 1 + length), 1 + length, throwOnEndOfStream: false);
        if (got < 1 + length) throw new ImageFormatException(PngDecoder.Format, end, "the pixel data end before the picture is complete");
        // Byte 0 is the filter type.
        if (!PngFilter.Undo(row[0], row.AsSpan(1, length + PngFilter.Slack), above.AsSpan(1, length + PngFilter.Slack), header.FilterStep))
            throw new ImageFormatException(PngDecoder.Format, end, $"filter type {row[0]} does not exist");
        return row.AsSpan(1, length);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(row);
        ArrayPool<byte>.Shared.Return(above);
    }
}
