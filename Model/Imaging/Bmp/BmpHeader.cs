using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.Bmp;

/// <summary>How the pixels are stored. The numbers in the file mean different things in Windows and OS/2 headers.</summary>
internal enum BmpCompression
{
    None,
    RunLength,
    BitFields,
}

/// <summary>File header and any of the DIB headers: BITMAPCOREHEADER, OS/2 2.x, BITMAPINFOHEADER and its versions 2 to 5.</summary>
internal readonly record struct BmpHeader(
    int Width,
    int Height,
    bool TopDown,
    int BitsPerPixel,
    BmpCompression Compression,
    int PixelOffset
)
{
    private const int FileHeader = 14, Core = 12, Info = 40, LongestKnown = 124, Os2Version2 = 64;

    /// <summary>Masks of red, green, blue and alpha; without bit fields the usual ones of 16 and 32 bits.</summary>
    public (uint Red, uint Green, uint Blue, uint Alpha) Masks { get; private init; }

    /// <summary>Where the colour table begins.</summary>
    public int PaletteOffset { get; private init; }

    /// <summary>Bytes of an entry of the colour table: 3 or 4, blue first.</summary>
    public int PaletteEntry { get; private init; }

    /// <summary>Entries of the colour table that the file holds and a pixel can name.</summary>
    public int PaletteCount { get; private init; }

    /// <summary>Bytes from row to row.</summary>
    public int Stride => checked((int)(((long)Width * BitsPerPixel + 31) / 32 * 4));

    public static BmpHeader Read(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        var reader = new ByteReader(data, BmpDecoder.Format);
        reader.Skip(10);
        uint pixelOffset = reader.ReadUInt32LittleEndian(), size = reader.ReadUInt32LittleEndian();
        if (size != Core && size is < 16 or > LongestKnown) throw reader.Error($"a header of {size} bytes is unknown");
        // Shorter headers of the same family end early: what is missing is zero.
        Span<byte> fields = stackalloc byte[LongestKnown];
        reader.Take((int)size - 4).CopyTo(fields[4..]);
        bool core = size == Core;
        int width = core ? Half(fields, 4) : (int)Word(fields, 4), height = core ? Half(fields, 6) : (int)Word(fields, 8);
        int bits = Half(fields, core ? 10 : 14);
        uint compression = core ? 0 : Word(fields, 16), colours = core ? 0 : Word(fields, 32);
        PixelLimit.Check(BmpDecoder.Format, FileHeader + 4, width, Math.Abs((long)height), options);
        if (bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32))
            throw new ImageFormatException(BmpDecoder.Format, FileHeader + (core ? 10 : 14), $"{bits} bits a pixel do not exist");
        bool os2 = size == Os2Version2 || (size < Info && !core);
        BmpCompression kind = Kind(compression, bits, os2);
        (uint, uint, uint, uint) masks = bits == 16 ? (0x7C00u, 0x3E0u, 0x1Fu, 0u) : (0xFF0000u, 0xFF00u, 0xFFu, 0u);
        if (kind == BmpCompression.BitFields)
        {
            // Version 2 takes the masks into the header, version 3 alpha; before, they follow it.
            bool alphaFollows = compression == 6 && size == Info;
            if (size == Info) reader.Take(alphaFollows ? 16 : 12).CopyTo(fields[Info..]);
            masks = (Word(fields, 40), Word(fields, 44), Word(fields, 48), alphaFollows || size >= 56 ? Word(fields, 52) : 0);
        }
        int start = reader.Position, entry = core ? 3 : 4;
        int end = pixelOffset == 0 ? data.Length : (int)Math.Min(pixelOffset, (uint)data.Length), count = 0;
        if (pixelOffset != 0 && pixelOffset < start)
            throw new ImageFormatException(BmpDecoder.Format, 10, $"pixels are said to begin at byte {pixelOffset}, inside the header");
        if (bits <= 8)
        {
            if (colours > (data.Length - start) / entry) throw reader.Error($"a palette of {colours} colours does not fit into the file");
            count = Math.Min(Math.Min(1 << bits, (end - start) / entry), colours == 0 ? 256 : (int)colours);
            if (pixelOffset == 0) end = start + count * entry;
        }
        else if (pixelOffset == 0) end = start;
        return new BmpHeader(width, (int)Math.Abs((long)height), height < 0, bits, kind, end)
        {
            Masks = masks,
            PaletteOffset = start,
            PaletteEntry = entry,
            PaletteCount = count,
        };
    }

    private static BmpCompression Kind(uint compression, int bits, bool os2) => (compression, bits, os2) switch
    {
        (0, _, _) => BmpCompression.None,
        (1, 8, _) or (2, 4, _) or (4, 24, true) => BmpCompression.RunLength,
        (3 or 6, 16 or 32, false) => BmpCompression.BitFields,
        (3, _, true) => throw Unsupported("OS/2 Huffman compression is not supported: convert the picture to PNG or JPEG"),
        (4, _, false) => throw Unsupported("a JPEG inside a BMP is not supported: convert the picture to PNG or JPEG"),
        (5, _, false) => throw Unsupported("a PNG inside a BMP is not supported: convert the picture to PNG or JPEG"),
        _ => throw Unsupported($"compression {compression} with {bits} bits a pixel does not exist"),
    };

    private static ImageFormatException Unsupported(string reason) => new(BmpDecoder.Format, FileHeader + 16, reason);

    private static ushort Half(ReadOnlySpan<byte> fields, int at) => BinaryPrimitives.ReadUInt16LittleEndian(fields[at..]);

    private static uint Word(ReadOnlySpan<byte> fields, int at) => BinaryPrimitives.ReadUInt32LittleEndian(fields[at..]);
}
