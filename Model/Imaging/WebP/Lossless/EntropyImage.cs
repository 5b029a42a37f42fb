using System.Buffers;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>
/// An entropy-coded picture: the main one, or a small one that carries the parameters of a transform or the choice of prefix codes.
/// Pixels are 0xAARRGGBB. They are decoded row by row; of those before, only as many are kept as copies reach back.
/// </summary>
internal sealed class EntropyImage : IDisposable
{
    private const int MaxCacheBits = 11;
    private const uint CacheMultiplier = 0x1E35A7BD;

    // The highest distance code has 18 extra bits: 2^20 less the codes of neighbours. A copy is 4096 pixels at most.
    private const int LongestDistance = 1 << 20, LongestCopy = 4096;

    // Pixels held at once, but for those of one array: moving them to its front costs a copy of half of it each time.
    private const int MostHeld = 1 << 21;

    // The most that a picture's tables may take: far more than encoders make, who write a few bytes of code lengths for each of many
    // pixels.
    private const int LeastTables = 1 << 18, TablesPerByte = 2, MostTables = 1 << 23;

    private readonly int width;
    private readonly long area;
    private readonly uint[] pixels;
    private readonly uint[] cache;
    private readonly int cacheBits;
    private readonly HuffmanTables tables;
    private readonly TileGroups groups;

    // Pixels decoded, the first that is still held, and those handed over.
    private long decoded, first, given;

    /// <summary>Reads all that stands before the pixels.</summary>
    /// <param name="reader">Stands at the colour cache flag.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="isMain">Only the main picture may choose prefix codes by place.</param>
    /// <param name="watch">Looked at between prefix codes.</param>
    public EntropyImage(ref BitReader reader, int width, int height, bool isMain, DecodingWatch watch)
    {
        this.width = width;
        area = (long)width * height;
        if (reader.ReadFlag())
        {
            cacheBits = reader.Read(4);
            if (cacheBits is < 1 or > MaxCacheBits) throw reader.Error($"a colour cache of {cacheBits} bits is impossible");
        }
        cache = cacheBits == 0 ? [] : new uint[1 << cacheBits];
        int tileBits = 0;
        uint[] tiles = [];
        if (isMain && reader.ReadFlag())
        {
            tileBits = 2 + reader.Read(3);
            tiles = ReadSmall(ref reader, Tiles(width, tileBits), Tiles(height, tileBits), watch);
            for (int i = 0; i < tiles.Length; i++) tiles[i] = (tiles[i] >> 8) & 0xFFFF;
        }
        tables = new HuffmanTables(MostEntries(reader.Length));
        groups = new TileGroups(ReadGroups(ref reader, tables, tiles, cache.Length, watch), tiles, tileBits, Tiles(width, tileBits));
        pixels = ArrayPool<uint>.Shared.Rent((int)Math.Min(area, MostHeld));
    }

    /// <summary>Bytes of working memory, whatever the content.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="length">Bytes of the stream.</param>
    public static long BytesFor(int width, int height, int length)
    {
        const long finestTiles = 3 * sizeof(uint); // predictors, colours, codes
        // Tables grow by doubling, and the half before is there for a while.
        return sizeof(uint) * (Math.Min((long)width * height, MostHeld) + 2L * MostEntries(length) + 4L * width)
            + finestTiles * Tiles(width, 2) * Tiles(height, 2);
    }

    /// <summary>Reads a whole picture that is not the main one.</summary>
    public static uint[] ReadSmall(ref BitReader reader, int width, int height, DecodingWatch watch)
    {
        using var image = new EntropyImage(ref reader, width, height, isMain: false, watch);
        uint[] whole = new uint[width * height];
        for (int y = 0; y < height; y++)
        {
            if ((y & 63) == 0) watch.Check();
            image.NextRow(ref reader).CopyTo(whole.AsSpan(y * width));
        }
        return whole;
    }

    /// <summary>Decodes the next row.</summary>
    /// <returns>Good until the next; what later rows copy must not be changed.</returns>
    public ReadOnlySpan<uint> NextRow(ref BitReader reader)
    {
        if (given + width + LongestCopy - first > pixels.Length && area > pixels.Length) MoveToFront();
        long end = given + width;
        if (decoded < end) Decode(ref reader, end);
        ReadOnlySpan<uint> row = pixels.AsSpan((int)(given - first), width);
        given = end;
        return row;
    }

    public void Dispose() => ArrayPool<uint>.Shared.Return(pixels);

    /// <summary>Tiles of 2^bits pixels that cover a side.</summary>
    public static int Tiles(int pixels, int bits) => (pixels + (1 << bits) - 1) >> bits;

    private static int MostEntries(int length) => (int)Math.Min(MostTables, LeastTables + (long)TablesPerByte * length);

    private void MoveToFront()
    {
        long from = Math.Max(first, Math.Min(given, decoded - LongestDistance));
        pixels.AsSpan((int)(from - first), (int)(decoded - from)).CopyTo(pixels);
        first = from;
    }

    private static HuffmanGroup[] ReadGroups(
        ref BitReader reader,
        HuffmanTables tables,
        uint[] tiles,
        int cacheSize,
        DecodingWatch watch
    )
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
            if ((i & 63) == 0) watch.Check();
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

    /// <summary>Decodes until so many pixels are there; a copy may go further.</summary>
    private void Decode(ref BitReader source, long end)
    {
        BitReader reader = source;
        uint[] pixels = this.pixels, cache = this.cache;
        HuffmanTables tables = this.tables;
        int cacheShift = 32 - cacheBits, mask = groups.Mask, stop = (int)(end - first), position = (int)(decoded - first);
        (long row, long column) = Math.DivRem(decoded, width);
        (int x, int y) = ((int)column, (int)row);
        HuffmanGroup group = groups.At(x, y);
        while (position < stop)
        {
            if ((x & mask) == 0)
            {
                group = groups.At(x, y);
                // Codes of one word each take no bits: the same pixel up to the end of the tile or row.
                if (tables.TryConstant(group, out uint constant))
                {
                    int run = Math.Min(Math.Min(mask == -1 ? width : mask + 1, width - x), stop - position);
                    pixels.AsSpan(position, run).Fill(constant);
                    if (cacheBits != 0) cache[(constant * CacheMultiplier) >> cacheShift] = constant;
                    position += run;
                    x += run;
                    if (x == width) (x, y) = (0, y + 1);
                    continue;
                }
            }
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
                if (distance > first + position || length > area - first - position)
                    throw reader.Error($"{length} pixels from {distance} back do not fit at pixel {first + position} of {area}");
                Copy(pixels, position, distance, length);
                if (cacheBits != 0)
                {
                    foreach (uint copied in pixels.AsSpan(position, length)) cache[(copied * CacheMultiplier) >> cacheShift] = copied;
                }
                position += length;
                (int rows, x) = Math.DivRem(x + length, width);
                y += rows;
                if (position < stop) group = groups.At(x, y);
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
        decoded = first + position;
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
