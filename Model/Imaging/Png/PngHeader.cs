namespace EmotionMLNet.Imaging.Png;

/// <summary>Colour types of PNG (third edition, table 8); the values are those in the file.</summary>
internal enum PngColour : byte
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// <summary>The IHDR chunk.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColour Colour, bool Interlaced)
{
    private const int Length = 13;

    /// <summary>Samples a pixel in the file.</summary>
    public int Samples => Colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.Rgba => 4, _ => 1 };

    /// <summary>Distance of a byte from its left neighbour in the eyes of a filter.</summary>
    public int FilterStep => Math.Max(1, Samples * BitDepth / 8);

    /// <summary>Bytes of a row of so many pixels, the filter byte not counted.</summary>
    public int RowBytes(int width) => checked((int)(((long)width * Samples * BitDepth + 7) / 8));

    /// <summary>Reads and checks the data of IHDR.</summary>
    public static PngHeader Read(ReadOnlySpan<byte> data, int offset, ImageReaderOptions options)
    {
        if (data.Length != Length)
            throw new ImageFormatException(PngDecoder.Format, offset, $"IHDR has {data.Length} bytes instead of {Length}");
        var reader = new ByteReader(data, PngDecoder.Format);
        uint width = reader.ReadUInt32BigEndian(), height = reader.ReadUInt32BigEndian();
        int depth = reader.ReadByte();
        var colour = (PngColour)reader.ReadByte();
        byte compression = reader.ReadByte(), filter = reader.ReadByte(), interlace = reader.ReadByte();
        bool known = colour switch
        {
            PngColour.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => depth is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!known)
            throw new ImageFormatException(
                PngDecoder.Format,
                offset + 8,
                $"colour type {(byte)colour} with {depth} bits a sample does not exist"
            );
        if (compression != 0)
            throw new ImageFormatException(PngDecoder.Format, offset + 10, $"compression method {compression} does not exist");
        if (filter != 0) throw new ImageFormatException(PngDecoder.Format, offset + 11, $"filter method {filter} does not exist");
        if (interlace > 1) throw new ImageFormatException(PngDecoder.Format, offset + 12, $"interlace method {interlace} does not exist");
        PixelLimit.Check(PngDecoder.Format, offset, width, height, options);
        return new PngHeader((int)width, (int)height, depth, colour, interlace == 1);
    }
}
