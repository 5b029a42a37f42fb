using System.Buffers;

namespace EmotionMLNet.Imaging.Gif;

/// <summary>GIF87a and GIF89a: the first picture on its logical screen. Where the screen shows through it is transparent.</summary>
internal static class GifDecoder
{
    private const string Format = "GIF";
    private const byte Extension = 0x21, Picture = 0x2C, Trailer = 0x3B, GraphicControl = 0xF9;

    // A screen may be this large, or this many times as large as its picture; beyond, the size is made up.
    private const int LargestSparseScreen = 1 << 24, LargestScreenRatio = 16;

    // Interlaced rows come in four passes: first row and distance.
    private static readonly (int First, int Step)[] Passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    public static bool Recognises(ReadOnlySpan<byte> data) => data.StartsWith("GIF87a"u8) || data.StartsWith("GIF89a"u8);

    public static Image Decode(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        var reader = new ByteReader(data, Format, 6);
        int width = reader.ReadUInt16LittleEndian(), height = reader.ReadUInt16LittleEndian();
        byte flags = reader.ReadByte();
        reader.Skip(2); // background colour, which nobody draws, and aspect ratio
        ReadOnlySpan<byte> palette = ReadPalette(ref reader, flags);
        int transparent = -1;
        while (true)
        {
            byte block = reader.ReadByte();
            switch (block)
            {
                case Extension:
                    byte label = reader.ReadByte();
                    if (label == GraphicControl) transparent = ReadGraphicControl(ref reader);
                    else SkipBlocks(ref reader);
                    break;
                case Picture:
                    return ReadPicture(ref reader, width, height, palette, transparent, options);
                case Trailer:
                    throw reader.Error("the file ends without a picture");
                default:
                    throw new ImageFormatException(Format, reader.Position - 1, $"a block of unknown kind {block:X2}");
            }
        }
    }

    private static Image ReadPicture(scoped ref ByteReader reader, int screenWidth, int screenHeight, ReadOnlySpan<byte> palette, int transparent, ImageReaderOptions options)
    {
        int start = reader.Position;
        int left = reader.ReadUInt16LittleEndian(), top = reader.ReadUInt16LittleEndian();
        int width = reader.ReadUInt16LittleEndian(), height = reader.ReadUInt16LittleEndian();
        byte flags = reader.ReadByte();
        // Some writers leave the screen empty: then it is as large as the picture needs.
        if (screenWidth == 0 || screenHeight == 0) (screenWidth, screenHeight) = (left + width, top + height);
        PixelLimit.Check(Format, start, width, height, options);
        PixelLimit.Check(Format, 6, screenWidth, screenHeight, options);
        long area = (long)width * height, screen = (long)screenWidth * screenHeight;
        if (screen > LargestSparseScreen && screen > area * LargestScreenRatio)
            throw new ImageFormatException(Format, 6, $"a screen of {screenWidth} x {screenHeight} pixels for a picture of {width} x {height}");
        ReadOnlySpan<byte> local = ReadPalette(ref reader, flags);
        if (!local.IsEmpty) palette = local;
        if (palette.IsEmpty) throw reader.Error("there is no palette");
        int rootBits = reader.ReadByte();
        if (rootBits is < 1 or > 8) throw reader.Error($"LZW indices of {rootBits} bits do not exist");

        byte[] compressed = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.Remaining));
        byte[]? indices = null;
        try
        {
            int length = JoinBlocks(ref reader, compressed);
            if (area > GifLzw.LargestOutput(length, rootBits)) throw reader.Error($"{length} bytes of picture data cannot hold {width} x {height} pixels");
            indices = ArrayPool<byte>.Shared.Rent((int)area);
            if (!GifLzw.TryDecode(compressed.AsSpan(0, length), rootBits, indices.AsSpan(0, (int)area), out string problem)) throw reader.Error(problem);
            Image image = NewScreen(screenWidth, screenHeight, transparent < 0 && left == 0 && top == 0 && width >= screenWidth && height >= screenHeight);
            Draw(indices, left, top, width, height, (flags & 0x40) != 0, ExpandPalette(palette, transparent), image);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
            if (indices is not null) ArrayPool<byte>.Shared.Return(indices);
        }
    }

    private static Image NewScreen(int width, int height, bool opaque)
    {
        int channels = opaque ? 3 : 4;
        return new Image(width, height, channels, new byte[width * height * channels]);
    }

    /// <summary>Puts a picture on the screen; what lies outside is cut.</summary>
    private static void Draw(ReadOnlySpan<byte> indices, int left, int top, int width, int height, bool interlaced, ReadOnlySpan<byte> rgba, Image screen)
    {
        int columns = Math.Min(width, screen.Width - left), channels = screen.Channels, source = 0;
        foreach ((int first, int step) in interlaced ? Passes : [(0, 1)])
        {
            for (int y = first; y < height; y += step, source += width)
            {
                if (top + y >= screen.Height) continue;
                Span<byte> row = screen.Pixels.AsSpan((top + y) * screen.Width * channels, screen.Width * channels);
                for (int x = 0; x < columns; x++) rgba.Slice(indices[source + x] * 4, channels).CopyTo(row[((left + x) * channels)..]);
            }
        }
    }

    private static byte[] ExpandPalette(ReadOnlySpan<byte> rgb, int transparent)
    {
        byte[] rgba = new byte[256 * 4];
        for (int i = 0; i < 256; i++)
        {
            if (3 * i < rgb.Length) rgb.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = i == transparent ? (byte)0 : (byte)255;
        }
        return rgba;
    }

    private static ReadOnlySpan<byte> ReadPalette(scoped ref ByteReader reader, byte flags) =>
        (flags & 0x80) == 0 ? default : reader.Take(3 * (2 << (flags & 7)));

    /// <returns>The transparent index, or -1.</returns>
    private static int ReadGraphicControl(scoped ref ByteReader reader)
    {
        int size = reader.ReadByte();
        if (size < 4) throw reader.Error($"a graphic control extension of {size} bytes");
        ReadOnlySpan<byte> data = reader.Take(size);
        int transparent = (data[0] & 1) != 0 ? data[3] : -1;
        SkipBlocks(ref reader);
        return transparent;
    }

    private static void SkipBlocks(scoped ref ByteReader reader)
    {
        while (reader.ReadByte() is var size and > 0) reader.Skip(size);
    }

    /// <summary>Joins sub-blocks. A file that is cut off here may still hold all pixels: the LZW decoder will tell.</summary>
    private static int JoinBlocks(scoped ref ByteReader reader, Span<byte> target)
    {
        int length = 0;
        while (!reader.AtEnd && reader.ReadByte() is var size and > 0)
        {
            ReadOnlySpan<byte> block = reader.Take(Math.Min(size, reader.Remaining));
            block.CopyTo(target[length..]);
            length += block.Length;
        }
        return length;
    }
}
