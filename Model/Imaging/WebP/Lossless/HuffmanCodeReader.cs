namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>The five codes that serve one part of a picture.</summary>
internal readonly record struct HuffmanGroup(HuffmanCode Green, HuffmanCode Red, HuffmanCode Blue, HuffmanCode Alpha, HuffmanCode Distance);

/// <summary>Reads the word lengths of prefix codes (RFC 9649, section 3.7.2.1) and builds their tables.</summary>
internal sealed class HuffmanCodeReader(HuffmanTables tables)
{
    /// <summary>Literals of green and the prefixes of copy lengths; colour cache indices follow.</summary>
    public const int GreenSymbols = LiteralSymbols + LengthSymbols;

    /// <summary>Values of a colour channel.</summary>
    public const int LiteralSymbols = 256;

    private const int LengthSymbols = 24;
    private const int DistanceSymbols = 40;
    private const int RepeatPrevious = 16;
    private const int RepeatZeroShort = 17;

    private readonly HuffmanTables lengthTables = new(mostEntries: int.MaxValue);
    private byte[] lengths = new byte[GreenSymbols];

    private static ReadOnlySpan<byte> LengthCodeOrder => [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    public HuffmanGroup ReadGroup(ref BitReader reader, int cacheSize) => new(
        ReadCode(ref reader, GreenSymbols + cacheSize),
        ReadCode(ref reader, LiteralSymbols),
        ReadCode(ref reader, LiteralSymbols),
        ReadCode(ref reader, LiteralSymbols),
        ReadCode(ref reader, DistanceSymbols));

    private HuffmanCode ReadCode(ref BitReader reader, int symbols)
    {
        // A short code may name symbols up to 255 that a small alphabet has not; they count for nothing, as in libwebp.
        int room = Math.Max(symbols, LiteralSymbols);
        if (lengths.Length < room) lengths = new byte[room];
        lengths.AsSpan(0, room).Clear();
        if (reader.ReadFlag()) ReadShortCode(ref reader);
        else ReadLengths(ref reader, lengths.AsSpan(0, symbols));
        return tables.TryAdd(lengths.AsSpan(0, symbols), out HuffmanCode code)
            ? code
            : throw reader.Error("a prefix code is overfull or incomplete, or there are more of them than a picture needs");
    }

    private void ReadShortCode(ref BitReader reader)
    {
        bool two = reader.ReadFlag();
        lengths[reader.Read(reader.ReadFlag() ? 8 : 1)] = 1;
        if (two) lengths[reader.Read(8)] = 1;
    }

    private void ReadLengths(ref BitReader reader, Span<byte> target)
    {
        Span<byte> lengthLengths = stackalloc byte[LengthCodeOrder.Length];
        lengthLengths.Clear();
        int given = 4 + reader.Read(4);
        for (int i = 0; i < given; i++) lengthLengths[LengthCodeOrder[i]] = (byte)reader.Read(3);
        lengthTables.Count = 0;
        if (!lengthTables.TryAdd(lengthLengths, out HuffmanCode code))
            throw reader.Error("the prefix code of the word lengths is overfull or incomplete");

        int budget = target.Length;
        if (reader.ReadFlag())
        {
            budget = 2 + reader.Read(2 + 2 * reader.Read(3));
            if (budget > target.Length) throw reader.Error($"{budget} word lengths for an alphabet of {target.Length} symbols");
        }
        byte previous = 8;
        for (int symbol = 0; symbol < target.Length && budget > 0; budget--)
        {
            reader.Fill();
            int token = lengthTables.Read(code, ref reader);
            if (token < RepeatPrevious)
            {
                target[symbol++] = (byte)token;
                if (token != 0) previous = (byte)token;
                continue;
            }
            int count = token switch
            {
                RepeatPrevious => 3 + reader.Read(2),
                RepeatZeroShort => 3 + reader.Read(3),
                _ => 11 + reader.Read(7),
            };
            if (count > target.Length - symbol) throw reader.Error("the word lengths run past the alphabet");
            target.Slice(symbol, count).Fill(token == RepeatPrevious ? previous : (byte)0);
            symbol += count;
        }
    }
}
