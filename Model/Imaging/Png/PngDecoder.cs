using System.Buffers;
using System.IO.Compression;

namespace EmotionMLNet.Imaging.Png;

/// <summary>PNG, third edition (W3C 2025): every colour type, depth and interlace. An animation gives its default image.</summary>
internal static class PngDecoder
{
    internal const string Format = "PNG";

    // Deflate gives at most 258 bytes for 2 bits.
    private const int LargestRatio = 1032;

    // A hundred megapixels of RGBA at 8 bits may be as flat as they like. Above, a photograph's ratio is asked for, or seconds would go by
    // over a file of nothing.
    private const long MostInflated = 450L << 20;
    private const int LargestRatioOfMuch = 16;

    // Adam7: first column and row, distance of columns and rows.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True also for signatures that a text transfer has damaged: the reason is better given here than "unknown format".</summary>
    public static bool Recognises(ReadOnlySpan<byte> data) =>
        data.StartsWith(Signature[..4]) || (data.Length >= 16 && data[..16].IndexOf("IHDR"u8) is >= 10 and <= 12);

    /// <returns>The picture as it is wanted, upright.</returns>
    /// <exception cref="ImageFormatException">The content is broken, truncated or larger than the limits.</exception>
    public static Raster Decode(ReadOnlySpan<byte> data, ImageReaderOptions options, ImageMemory memory)
    {
        if (!data.StartsWith(Signature))
            throw new ImageFormatException(Format, 0, "the signature is damaged, as by a transfer in text mode");
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
            throw new ImageFormatException(
                Format,
                file.ImageData[0].Offset,
                $"{file.CompressedLength} bytes of pixel data cannot hold {header.Width} x {header.Height} pixels: the file is "
                    + "cut off or made up"
            );
        if (inflated > MostInflated && inflated > file.CompressedLength * LargestRatioOfMuch)
            throw new ImageFormatException(
                Format,
                file.ImageData[0].Offset,
                $"{file.CompressedLength} bytes of pixel data that unpack to {inflated >> 20} MB are more work than is done for a "
                    + "picture; save it with 8 bits a sample"
            );
        var converter = new PngPixels(file);
        var picture = new PictureBuilder(
            header.Width,
            header.Height,
            converter.Channels,
            Exif.Orientation(file.Exif),
            !header.Interlaced,
            options,
            memory
        );
        picture.Begin(Format, Signature.Length + 8, file.CompressedLength + 2L * header.RowBytes(header.Width) + 4L * header.Width);
        try
        {
            ReadPixels(data, file, converter, picture, memory);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ImageFormatException(Format, file.ImageData[0].Offset, "the compressed pixel data are damaged", e);
        }
        return picture.Finish();
    }

    /// <summary>The same at full size with its alpha.</summary>
    public static Image Decode(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        var memory = new ImageMemory(forImages: true) { KeepsAlpha = true };
        try
        {
            return Decode(data, options, memory).ToImage();
        }
        finally
        {
            memory.Release();
        }
    }

    private static unsafe void ReadPixels(
        ReadOnlySpan<byte> data,
        PngFile file,
        PngPixels converter,
        PictureBuilder picture,
        ImageMemory memory
    )
    {
        Span<byte> compressed = memory.Compressed.Take(Math.Max(1, file.CompressedLength));
        int length = 0;
        foreach ((int offset, int count) in file.ImageData)
        {
            data.Slice(offset, count).CopyTo(compressed[length..]);
            length += count;
        }
        fixed (byte* bytes = compressed)
        {
            using var stream = new UnmanagedMemoryStream(bytes, length);
            using var zlib = new ZLibStream(stream, CompressionMode.Decompress);
            using var rows = new PngRows(file.Header, zlib, file.ImageData[^1].Offset + file.ImageData[^1].Length);
            ReadPasses(file.Header, converter, rows, picture);
        }
    }

    private static void ReadPasses(PngHeader header, PngPixels converter, PngRows rows, PictureBuilder picture)
    {
        byte[] line = ArrayPool<byte>.Shared.Rent(header.Width * converter.Channels);
        try
        {
            foreach ((int firstX, int firstY, int stepX, int stepY) in PassesOf(header))
            {
                int width = Count(header.Width, firstX, stepX);
                if (width == 0) continue;
                rows.BeginPass(width);
                for (int y = firstY; y < header.Height; y += stepY)
                {
                    ReadOnlySpan<byte> pixels = converter.Convert(rows.Next(), line.AsSpan(0, width * converter.Channels));
                    if (header.Interlaced) picture.AddScattered(firstX, stepX, y, pixels);
                    else picture.Add(y, pixels);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(line);
        }
    }

    private static (int X, int Y, int StepX, int StepY)[] PassesOf(PngHeader header) => header.Interlaced ? Passes : [(0, 0, 1, 1)];

    /// <summary>How many of 0 ... size - 1 are first, first + step, ...</summary>
    private static int Count(int size, int first, int step) => (size - first + step - 1) / step;
}
