namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Pixels are indices into a palette, carried in the green channel; up to 16 colours, several indices share a pixel.</summary>
internal sealed class ColourIndexingTransform : Transform
{
    private readonly int width;
    private readonly int height;
    private readonly int packing;
    private readonly uint[] palette;

    private ColourIndexingTransform(int width, int height, int packing, uint[] palette) =>
        (this.width, this.height, this.packing, this.palette) = (width, height, packing, palette);

    public override int CodedWidth => EntropyImage.Tiles(width, packing);

    public static ColourIndexingTransform Read(ref BitReader reader, int width, int height)
    {
        int colours = 1 + reader.Read(8);
        // Binary logarithm of the indices a pixel: 8 of one bit, 4 of two, 2 of four, 1 of eight.
        int packing = colours switch { > 16 => 0, > 4 => 1, > 2 => 2, _ => 3 };
        uint[] differences = EntropyImage.Read(ref reader, colours, 1, isMain: false);
        // Indices past the palette mean transparent black.
        var palette = new uint[1 << (8 >> packing)];
        uint colour = 0;
        for (int i = 0; i < colours; i++) palette[i] = colour = PixelArithmetic.Add(colour, differences[i]);
        return new ColourIndexingTransform(width, height, packing, palette);
    }

    public override uint[] Invert(uint[] pixels)
    {
        if (packing == 0)
        {
            for (int i = 0; i < pixels.Length; i++) pixels[i] = palette[(pixels[i] >> 8) & 0xFF];
            return pixels;
        }
        var expanded = GC.AllocateUninitializedArray<uint>(width * height);
        int bits = 8 >> packing;
        uint mask = (1u << bits) - 1;
        for (int y = 0, source = 0; y < height; y++)
        {
            Span<uint> row = expanded.AsSpan(y * width, width);
            uint packed = 0;
            for (int x = 0; x < row.Length; x++)
            {
                packed = (x & ((1 << packing) - 1)) == 0 ? (pixels[source++] >> 8) & 0xFF : packed >> bits;
                row[x] = palette[packed & mask];
            }
        }
        return expanded;
    }
}
