using System.Buffers;
using System.IO.Compression;

namespace EmotionMLNet.Imaging.Png;

/// <summary>PNG, third edition (W3C 2025): every colour type, depth and interlace. An animation gives its default image.</summary>
internal static class PngDecoder
{
    internal const string Format = "PNG";

    // Deflate gives at most 258 bytes for 2 bits.
    private const int LargestRatio = 1032;

    // Adam7: first column and row, distance of columns and rows.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True also for signatures that a text transfer has damaged: the reason is better given here than "unknown format".</summary>
    public static bool Recognises(ReadOnlySpan<byte> data) =>
        data.StartsWith(Signature[..4]) || (data.Length >= 16 && data[..16].IndexOf("IHDR"u8) is >= 10 and <= 12);

    public static Image Decode(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        if (!data.StartsWith(Signature)) throw new ImageFormatException(Format, 0, "the signature is damaged, as by a transfer in text mode");
        PngFile file = PngFile.Read(data, Signature.Length, options);
        PngHeader header = file.Header;
        long inflated = 0;
        foreach ((int x, int y, int stepX, int stepY) in PassesOf(header))
        {
            (int width, int height) = (Count(header.Width, x, stepX), Count(header.Height, y, stepY));
            if (width > 0) inflated += (long)height * (1 + header.RowBytes(width));
        }
        // Before anything is allocated: a few bytes may not claim a hundred megapixels.
        if (inflated > (long)file.CompressedLength * LargestRatio)
            throw new ImageFormatException(Format, file.ImageData[0].Offset, $"{file.CompressedLength} bytes of pixel data cannot hold {header.Width} x {header.Height} pixels: the file is cut off or made up");
        byte[] compressed = ArrayPool<byte>.Shared.Rent(file.CompressedLength);
        try
        {
            int length = 0;
            foreach ((int offset, int count) in file.ImageData)
            {
                data.Slice(offset, count).CopyTo(compressed.AsSpan(length));
                length += count;
            }
            using var zlib = new ZLibStream(new MemoryStream(compressed, 0, length), CompressionMode.Decompress);
            return Exif.Apply(ReadPixels(file, zlib), Exif.Orientation(file.Exif));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ImageFormatException(Format, file.ImageData[0].Offset, "the compressed pixel data are damaged", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    private static Image ReadPixels(PngFile file, ZLibStream zlib)
    {
        PngHeader header = file.Header;
        var converter = new PngPixels(file);
        int channels = converter.Channels;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(header.Width * header.Height * channels);
        using var rows = new PngRows(header, zlib, file.ImageData[^1].Offset + file.ImageData[^1].Length);
        byte[] scattered = header.Interlaced ? ArrayPool<byte>.Shared.Rent(header.Width * channels) : [];
        foreach ((int firstX, int firstY, int stepX, int stepY) in PassesOf(header))
        {
            int width = Count(header.Width, firstX, stepX);
            if (width == 0) continue;
            rows.BeginPass(width);
            for (int y = firstY; y < header.Height; y += stepY)
            {
                ReadOnlySpan<byte> row = rows.Next();
                Span<byte> target = pixels.AsSpan(y * header.Width * channels, header.Width * channels);
                if (!header.Interlaced)
                {
                    converter.Convert(row, target);
                    continue;
                }
                Span<byte> line = scattered.AsSpan(0, width * channels);
                converter.Convert(row, line);
                for (int x = 0; x < width; x++)
                    line.Slice(x * channels, channels).CopyTo(target[((firstX + x * stepX) * channels)..]);
            }
        }
        if (header.Interlaced) ArrayPool<byte>.Shared.Return(scattered);
        return new Image(header.Width, header.Height, channels, pixels);
    }

    private static (int X, int Y, int StepX, int StepY)[] PassesOf(PngHeader header) => header.Interlaced ? Passes : [(0, 0, 1, 1)];

    /// <summary>How many of 0 ... size - 1 are first, first + step, ...</summary>
    private static int Count(int size, int first, int step) => (size - first + step - 1) / step;
}
