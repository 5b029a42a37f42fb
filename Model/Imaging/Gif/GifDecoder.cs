using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Gif;

/// <summary>GIF87a and GIF89a: the first picture on its logical screen. Where the screen shows through it is transparent.</summary>
internal static class GifDecoder
{
    internal const string Format = "GIF";
    private const byte Extension = 0x21, Picture = 0x2C, Trailer = 0x3B, GraphicControl = 0xF9;

    // A screen may be this large, or this many times as large as its picture; beyond, the size is made up.
    private const int LargestSparseScreen = 1 << 24, LargestScreenRatio = 16;

    // Interlaced rows come in four passes: first row and distance.
    private static readonly (int First, int Step)[] Passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    public static bool Recognises(ReadOnlySpan<byte> data) => data.StartsWith("GIF87a"u8) || data.StartsWith("GIF89a"u8);

    /// <returns>The picture as it is wanted.</returns>
    /// <exception cref="ImageFormatException">The content is broken, truncated or larger than the limits.</exception>
    public static Raster Decode(ReadOnlySpan<byte> data, ImageReaderOptions options, ImageMemory memory)
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
                    return ReadPicture(ref reader, width, height, palette, transparent, options, memory);
                case Trailer:
                    throw reader.Error("the file ends without a picture");
                default:
                    throw new ImageFormatException(Format, reader.Position - 1, $"a block of unknown kind {block:X2}");
            }
        }
    }

    private static Raster ReadPicture(
        scoped ref ByteReader reader,
        int screenWidth,
        int screenHeight,
        ReadOnlySpan<byte> palette,
        int transparent,
        ImageReaderOptions options,
        ImageMemory memory
    )
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
            throw new ImageFormatException(
                Format,
                6,
                $"a screen of {screenWidth} x {screenHeight} pixels for a picture of {width} x {height}"
            );
        ReadOnlySpan<byte> local = ReadPalette(ref reader, flags);
        if (!local.IsEmpty) palette = local;
        if (palette.IsEmpty) throw reader.Error("there is no palette");
        int rootBits = reader.ReadByte();
        if (rootBits is < 1 or > 8) throw reader.Error($"LZW indices of {rootBits} bits do not exist");

        int begin = reader.Position, length = CountBlocks(reader);
        if (area > GifLzw.LargestOutput(length, rootBits))
            throw new ImageFormatException(
                Format,
                Math.Min(begin + length, reader.Position + reader.Remaining),
                $"{length} bytes of picture data cannot hold {width} x {height} pixels"
            );
        bool interlaced = (flags & 0x40) != 0,
            opaque = transparent < 0 && left == 0 && top == 0 && width >= screenWidth && height >= screenHeight;
        int channels = opaque ? 3 : 4;
        var picture = new PictureBuilder(screenWidth, screenHeight, channels, orientation: 1, ordered: !interlaced, options, memory);
        picture.Begin(Format, 6, length + (1 << 17) + 8L * Math.Max(width, screenWidth));
        Span<byte> compressed = memory.Compressed.Take(Math.Max(1, length));
        JoinBlocks(ref reader, compressed);
        var canvas = new CanvasRows(picture, (screenWidth, screenHeight), (left, top, width, height), channels);
        canvas.Begin();
        var rows = new PaletteRows(canvas, ExpandPalette(palette, transparent), width, height, channels, interlaced);
        if (!GifLzw.TryDecode(compressed[..length], rootBits, width, height, rows, out string problem)) throw reader.Error(problem);
        canvas.End();
        return picture.Finish();
    }

    /// <summary>Turns rows of indices into colours and tells their places.</summary>
    private sealed class PaletteRows(CanvasRows canvas, byte[] rgba, int width, int height, int channels, bool interlaced) : GifLzw.IRows
    {
        private readonly byte[] line = new byte[width * channels];
        private int pass, y;

        public void Add(ReadOnlySpan<byte> indices)
        {
            if (channels == 4)
            {
                ReadOnlySpan<uint> colours = MemoryMarshal.Cast<byte, uint>(rgba);
                Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(line.AsSpan());
                for (int x = 0; x < pixels.Length && x < indices.Length; x++) pixels[x] = colours[indices[x]];
            }
            else
            {
                for (int x = 0, to = 0; x < indices.Length; x++, to += 3)
                {
                    int from = 4 * indices[x];
                    (line[to], line[to + 1], line[to + 2]) = (rgba[from], rgba[from + 1], rgba[from + 2]);
                }
            }
            canvas.Add(y, line, channels);
            y += interlaced ? Passes[pass].Step : 1;
            while (interlaced && y >= height && pass + 1 < Passes.Length) y = Passes[++pass].First;
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

    /// <summary>The length of the joined sub-blocks.</summary>
    private static int CountBlocks(ByteReader reader)
    {
        int length = 0;
        while (!reader.AtEnd && reader.ReadByte() is var size and > 0)
        {
            int count = Math.Min(size, reader.Remaining);
            reader.Skip(count);
            length += count;
        }
        return length;
    }

    /// <summary>Joins sub-blocks. A file that is cut off here may still hold all pixels: the LZW decoder will tell.</summary>
    private static void JoinBlocks(scoped ref ByteReader reader, Span<byte> target)
    {
        int length = 0;
        while (!reader.AtEnd && reader.ReadByte() is var size and > 0)
        {
            ReadOnlySpan<byte> block = reader.Take(Math.Min(size, reader.Remaining));
            block.CopyTo(target[length..]);
            length += block.Length;
        }
    }
}
