namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>
/// An entropy-coded picture: the main one, or a small one that carries the parameters of a transform or the choice of prefix codes.
/// Pixels are 0xAARRGGBB.
/// </summary>
internal static class EntropyImage
{
    private const int MaxCacheBits = 11;
    private const uint CacheMultiplier = 0x1E35A7BD;

    /// <param name="reader">Stands at the colour cache flag.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="isMain">Only the main picture may choose prefix codes by place.</param>
    public static uint[] Read(ref BitReader reader, int width, int height, bool isMain)
    {
        int cacheBits = 0;
        if (reader.ReadFlag())
        {
            cacheBits = reader.Read(4);
            if (cacheBits is < 1 or > MaxCacheBits) throw reader.Error($"a colour cache of {cacheBits} bits is impossible");
        }
        int tileBits = 0;
        uint[] tiles = [];
        if (isMain && reader.ReadFlag())
        {
            tileBits = 2 + reader.Read(3);
            tiles = Read(ref reader, Tiles(width, tileBits), Tiles(height, tileBits), isMain: false);
            for (int i = 0; i < tiles.Length; i++) tiles[i] = (tiles[i] >> 8) & 0xFFFF;
        }
        var tables = new HuffmanTables();
        HuffmanGroup[] groups = ReadGroups(ref reader, tables, tiles, cacheBits == 0 ? 0 : 1 << cacheBits);
        var pixels = GC.AllocateUninitializedArray<uint>(width * height);
        Decode(ref reader, pixels, width, cacheBits, new TileGroups(groups, tiles, tileBits, Tiles(width, tileBits)), tables);
        return pixels;
    }

    /// <summary>Tiles of 2^bits pixels that cover a side.</summary>
    public static int Tiles(int pixels, int bits) => (pixels + (1 << bits) - 1) >> bits;

    private static HuffmanGroup[] ReadGroups(ref BitReader reader, HuffmanTables tables, uint[] tiles, int cacheSize)
    {
        var codes = new HuffmanCodeReader(tables);
        if (tiles.Length == 0) return [codes.ReadGroup(ref reader, cacheSize)];
        uint last = 0;
        foreach (uint tile in tiles) last = Math.Max(last, tile);
        // The stream holds every group up to the highest number; tables are kept only for those that a tile uses.
        var used = new bool[last + 1];
        foreach (uint tile in tiles) used[tile] = true;
        var groups = new HuffmanGroup[used.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            int mark = tables.Count;
            groups[i] = codes.ReadGroup(ref reader, cacheSize);
            if (!used[i]) tables.Count = mark;
        }
        return groups;
    }

    /// <summary>Which prefix codes serve which tile.</summary>
    private readonly struct TileGroups(HuffmanGroup[] groups, uint[] tiles, int bits, int tilesAcross)
    {
        /// <summary>A column whose low bits under this mask are 0 begins a tile.</summary>
        public int Mask => tiles.Length == 0 ? -1 : (1 << bits) - 1;

        public ref readonly HuffmanGroup At(int x, int y) =>
            ref tiles.Length == 0 ? ref groups[0] : ref groups[tiles[(y >> bits) * tilesAcross + (x >> bits)]];
    }

    private static void Decode(ref BitReader source, uint[] pixels, int width, int cacheBits, TileGroups tiles, HuffmanTables tables)
    {
        BitReader reader = source;
        uint[] cache = cacheBits == 0 ? [] : new uint[1 << cacheBits];
        int cacheShift = 32 - cacheBits;
        int mask = tiles.Mask;
        HuffmanGroup group = tiles.At(0, 0);
        int x = 0;
        int y = 0;
        for (int position = 0; position < pixels.Length;)
        {
            if ((x & mask) == 0) group = tiles.At(x, y);
            reader.Fill();
            int symbol = tables.Read(group.Green, ref reader);
            uint pixel;
            if (symbol < HuffmanCodeReader.LiteralSymbols)
            {
                int red = tables.Read(group.Red, ref reader);
                int blue = tables.Read(group.Blue, ref reader);
                reader.Fill();
                int alpha = tables.Read(group.Alpha, ref reader);
                pixel = ((uint)alpha << 24) | ((uint)red << 16) | ((uint)symbol << 8) | (uint)blue;
            }
            else if (symbol < HuffmanCodeReader.GreenSymbols)
            {
                int length = ReadPrefixed(ref reader, symbol - HuffmanCodeReader.LiteralSymbols);
                reader.Fill();
                int code = ReadPrefixed(ref reader, tables.Read(group.Distance, ref reader));
                int distance = DistanceMap.Distance(code, width);
                if (distance > position || length > pixels.Length - position)
                    throw reader.Error($"{length} pixels from {distance} back do not fit at pixel {position} of {pixels.Length}");
                Copy(pixels, position, distance, length);
                if (cacheBits != 0)
                {
                    foreach (uint copied in pixels.AsSpan(position, length)) cache[(copied * CacheMultiplier) >> cacheShift] = copied;
                }
                position += length;
                (int rows, x) = Math.DivRem(x + length, width);
                y += rows;
                if (position < pixels.Length) group = tiles.At(x, y);
                continue;
            }
            else
            {
                pixel = cache[symbol - HuffmanCodeReader.GreenSymbols];
            }
            pixels[position++] = pixel;
            if (cacheBits != 0) cache[(pixel * CacheMultiplier) >> cacheShift] = pixel;
            if (++x == width) (x, y) = (0, y + 1);
        }
        source = reader;
    }

    /// <summary>A length or distance code: a prefix symbol and extra bits (RFC 9649, section 3.6.2.2).</summary>
    private static int ReadPrefixed(ref BitReader reader, int symbol)
    {
        if (symbol < 4) return symbol + 1;
        int extra = (symbol - 2) >> 1;
        return ((2 + (symbol & 1)) << extra) + reader.Read(extra) + 1;
    }

    private static void Copy(uint[] pixels, int position, int distance, int length)
    {
        if (distance >= length) pixels.AsSpan(position - distance, length).CopyTo(pixels.AsSpan(position));
        else if (distance == 1) pixels.AsSpan(position, length).Fill(pixels[position - 1]);
        else for (int i = position; i < position + length; i++) pixels[i] = pixels[i - distance];
    }
}
