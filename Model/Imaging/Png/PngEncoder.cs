using System.Buffers.Binary;
using System.IO.Compression;

namespace EmotionMLNet.Imaging.Png;

/// <summary>Writes pictures as PNG (ISO/IEC 15948): 8 bits a sample, grey, RGB or RGBA, not interlaced.</summary>
internal static class PngEncoder
{
    private const int FilterTypes = 5;

    /// <summary>Encodes a whole file.</summary>
    /// <remarks>
    /// Each row takes the filter with the least sum of absolute differences, as clause 12.8 recommends. The same picture gives the
    /// same bytes with the same zlib; another version of .NET may compress differently.
    /// </remarks>
    public static byte[] Encode(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = image.Channels switch { 1 => 0, 3 => 2, _ => 6 };
        header[10..].Clear();
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(Image image)
    {
        int stride = image.Width * image.Channels;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] blank = new byte[stride], best = new byte[stride + 1], candidate = new byte[stride + 1];
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Pixels.AsSpan(y * stride, stride),
                    above = y == 0 ? blank : image.Pixels.AsSpan((y - 1) * stride, stride);
                int least = int.MaxValue;
                for (byte type = 0; type < FilterTypes; type++)
                {
                    int cost = Filter(type, row, above, image.Channels, candidate);
                    if (cost >= least) continue;
                    least = cost;
                    (best, candidate) = (candidate, best);
                }
                zlib.Write(best);
            }
        }
        return compressed.ToArray();
    }

    /// <summary>Filters a row (clause 9.2): output[0] is the type, the rest sample minus prediction.</summary>
    /// <returns>The sum of the differences as signed bytes without their signs.</returns>
    private static int Filter(byte type, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixel, byte[] output)
    {
        output[0] = type;
        int cost = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= pixel ? row[i - pixel] : 0, up = above[i], corner = i >= pixel ? above[i - pixel] : 0;
            int prediction = type switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) >> 1,
                _ => Paeth(left, up, corner),
            };
            byte difference = output[i + 1] = (byte)(row[i] - prediction);
            cost += Math.Abs((int)(sbyte)difference);
        }
        return cost;
    }

    /// <summary>The one of left, above and above-left that is nearest to left + above - above-left; ties in that order.</summary>
    private static int Paeth(int left, int up, int corner)
    {
        int a = Math.Abs(up - corner), b = Math.Abs(left - corner), c = Math.Abs(left + up - 2 * corner);
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. type, .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(body));
        file.Write(number);
    }
}
