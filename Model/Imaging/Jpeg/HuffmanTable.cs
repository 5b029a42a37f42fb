namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// A Huffman code made ready for decoding: one look at the next <see cref="LookupBits"/> bits tells the code's length, the zero
/// run, and how many bits of value follow, so that the reader's critical path is one load and one shift a coefficient.
/// </summary>
/// <remarks>
/// An entry, from the low bits: 0-5 length of code and value together; 8-13 the shift that brings the value down (for AC 64 less
/// its bits; for DC 63 less its bits, after a shift by one: a DC value may have no bits); 15 <see cref="Special"/>; 16-21 length of
/// the code alone; 24-31 zero run. Special entries are AC symbols without a value (end of block, run of 16) and, with a code length
/// of 0, codes too long for the table.
/// </remarks>
internal sealed class HuffmanTable
{
    public const int LookupBits = 10;
    public const uint Special = 0x8000;

    private const int LongestCode = 16;

    private readonly uint[] lookup = new uint[1 << LookupBits];
    // The entries of all symbols in code order; a code of n bits, read as 16 bits, is below limit[n].
    private readonly uint[] entries;
    private readonly int[] limit = new int[LongestCode + 1];
    private readonly int[] firstCode = new int[LongestCode + 1];
    private readonly int[] firstEntry = new int[LongestCode + 1];
    private uint[]? skip;

    private HuffmanTable(int symbols) => entries = new uint[symbols];

    public uint[] Lookup => lookup;

    /// <summary>Whether all symbols have a meaning in the supported coding processes.</summary>
    public bool IsUsable { get; private init; }

    /// <summary>For passing over AC coefficients unread; made when first asked for.</summary>
    public uint[] Skip => skip ??= AcSkipTable.Build(this);

    /// <summary>Builds the canonical code of T.81, annex C.</summary>
    /// <param name="counts">How many codes have 1 ... 16 bits.</param>
    /// <param name="symbols">Their symbols, shortest code first.</param>
    /// <param name="isDc">A symbol is then the number of value bits alone.</param>
    /// <returns>Null if there is no such code: too many codes of some length.</returns>
    public static HuffmanTable? TryBuild(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool isDc)
    {
        // Lossless coding has a DC symbol 16. It is refused by its frame header, but its tables may come first.
        var table = new HuffmanTable(symbols.Length) { IsUsable = !isDc || symbols.IndexOfAnyExceptInRange((byte)0, (byte)15) < 0 };
        table.lookup.AsSpan().Fill(Special);
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            (table.firstCode[length], table.firstEntry[length]) = (code, index);
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                uint entry = isDc ? DcEntry(symbols[index] & 15, length) : AcEntry(symbols[index], length);
                table.entries[index] = entry;
                if (length <= LookupBits && code < 1 << length)
                    table.lookup.AsSpan(code << (LookupBits - length), 1 << (LookupBits - length)).Fill(entry);
            }
            if (code > 1 << length) return null;
            table.limit[length] = code << (LongestCode - length);
        }
        return table;
    }

    /// <summary>The entry for a code that the table is too small for; 0 if the bits are no code.</summary>
    /// <param name="bits">The next bits, the first of them highest.</param>
    public uint LongEntry(ulong bits)
    {
        int code = (int)(bits >> (64 - LongestCode));
        for (int length = LookupBits + 1; length <= LongestCode; length++)
        {
            if (code < limit[length])
                return entries[firstEntry[length] + (code >> (LongestCode - length)) - firstCode[length]];
        }
        return 0;
    }

    private static uint DcEntry(int bits, int length) => (uint)((length << 16) | ((63 - bits) << 8) | (length + bits));

    private static uint AcEntry(int symbol, int length)
    {
        (int run, int bits) = (symbol >> 4, symbol & 15);
        uint entry = ((uint)run << 24) | ((uint)length << 16) | (uint)(length + bits);
        return bits == 0 ? entry | Special : entry | ((uint)(64 - bits) << 8);
    }
}
