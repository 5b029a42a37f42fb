namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Pixels are indices into a palette, carried in the green channel; up to 16 colours, several indices share a pixel.</summary>
internal sealed class ColourIndexingTransform : Transform
{
    private readonly int width;
    private readonly int packing;
    private readonly uint[] palette;
    private readonly uint[] expanded;

    private ColourIndexingTransform(int width, int packing, uint[] palette)
    {
        this.width = width;
        this.packing = packing;
        this.palette = palette;
        expanded = packing == 0 ? [] : new uint[width];
    }

    public override int CodedWidth => EntropyImage.Tiles(width, packing);

    public static ColourIndexingTransform Read(ref BitReader reader, int width, DecodingWatch watch)
    {
        int colours = 1 + reader.Read(8);
        // Binary logarithm of the indices a pixel: 8 of one bit, 4 of two, 2 of four, 1 of eight.
        int packing = colours switch { > 16 => 0, > 4 => 1, > 2 => 2, _ => 3 };
        uint[] differences = EntropyImage.ReadSmall(ref reader, colours, 1, watch);
        // Indices past the palette mean transparent black.
        var palette = new uint[1 << (8 >> packing)];
        uint colour = 0;
        for (int i = 0; i < colours; i++) palette[i] = colour = PixelArithmetic.Add(colour, differences[i]);
        return new ColourIndexingTransform(width, packing, palette);
    }

    public override Span<uint> Invert(Span<uint> row)
    {
        if (packing == 0)
        {
            for (int i = 0; i < row.Length; i++) row[i] = palette[(row[i] >> 8) & 0xFF];
            return row;
        }
        int bits = 8 >> packing;
        uint mask = (1u << bits) - 1, packed = 0;
        for (int x = 0, source = 0; x < expanded.Length; x++)
        {
            packed = (x & ((1 << packing) - 1)) == 0 ? (row[source++] >> 8) & 0xFF : packed >> bits;
            expanded[x] = palette[packed & mask];
        }
        return expanded;
    }
}
