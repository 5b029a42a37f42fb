using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

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
internal sealed unsafe class HuffmanTable
{
    public const int LookupBits = 10;
    public const uint Special = 0x8000;

    private const int LongestCode = 16;

    private const int MostSymbols = 256;

    private readonly uint[] lookup = GC.AllocateUninitializedArray<uint>(1 << LookupBits, pinned: true);
    // The entries of all symbols in code order; a code of n bits, read as 16 bits, is below limit[n].
    private readonly uint[] entries = new uint[MostSymbols];
    private readonly int[] limit = new int[LongestCode + 1];
    private readonly int[] firstCode = new int[LongestCode + 1];
    private readonly int[] firstEntry = new int[LongestCode + 1];
    // Counts and symbols of the code in force: the files of a folder mostly have the same.
    private readonly byte[] definition = new byte[LongestCode + MostSymbols];
    private int definitionLength;
    private AcSkipTable? skip;
    private AcPairTable? pairs;
    private bool skipIsCurrent, pairsAreCurrent;

    public uint[] Lookup => lookup;

    /// <summary><see cref="Lookup"/>, which is never moved; valid as long as the table is held.</summary>
    public uint* LookupPointer => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(lookup));

    /// <summary>Whether all symbols have a meaning in the supported coding processes.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>A table for passing over AC coefficients unread; made when first asked for.</summary>
    public AcSkipTable Skip
    {
        get
        {
            skip ??= new AcSkipTable();
            if (!skipIsCurrent) skip.Fill(this);
            skipIsCurrent = true;
            return skip;
        }
    }

    /// <summary>A table for reading AC coefficients two at a time; made when first asked for.</summary>
    public AcPairTable Pairs
    {
        get
        {
            pairs ??= new AcPairTable();
            if (!pairsAreCurrent) pairs.Fill(this);
            pairsAreCurrent = true;
            return pairs;
        }
    }

    /// <summary>A new table; see <see cref="TryDefine"/>.</summary>
    /// <returns>Null if there is no such code.</returns>
    public static HuffmanTable? TryBuild(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool isDc)
    {
        var table = new HuffmanTable();
        return table.TryDefine(counts, symbols, isDc) ? table : null;
    }

    /// <summary>Builds the canonical code of T.81, annex C, in place of the one before.</summary>
    /// <param name="counts">How many codes have 1 ... 16 bits.</param>
    /// <param name="symbols">Their symbols, shortest code first.</param>
    /// <param name="isDc">A symbol is then the number of value bits alone; the same in every call.</param>
    /// <returns>False if there is no such code: too many codes of some length.</returns>
    public bool TryDefine(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool isDc)
    {
        Span<byte> known = definition.AsSpan(0, definitionLength);
        if (definitionLength == counts.Length + symbols.Length && known.StartsWith(counts) && known.EndsWith(symbols)) return true;
        (definitionLength, skipIsCurrent, pairsAreCurrent) = (0, false, false);
        if (!TryBuild(this, counts, symbols, isDc)) return false;
        counts.CopyTo(definition);
        symbols.CopyTo(definition.AsSpan(counts.Length));
        definitionLength = counts.Length + symbols.Length;
        return true;
    }

    private static bool TryBuild(HuffmanTable table, ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool isDc)
    {
        // Lossless coding has a DC symbol 16. It is refused by its frame header, but its tables may come first.
        table.IsUsable = !isDc || symbols.IndexOfAnyExceptInRange((byte)0, (byte)15) < 0;
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
            if (code > 1 << length) return false;
            table.limit[length] = code << (LongestCode - length);
        }
        return true;
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

    /// <summary>The value that follows the code of an AC entry that has one.</summary>
    /// <param name="entry">The table's entry for the code.</param>
    /// <param name="bits">The bits from the code on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ValueOf(uint entry, ulong bits)
    {
        ulong value = bits << (int)(entry >> 16);
        int shift = (int)(entry >> 8);
        // A leading 0 marks a negative value (T.81, F.2.2.1): subtract 2^n - 1.
        return (int)(value >> shift) - (int)((ulong)~((long)value >> 63) >> shift);
    }

    private static uint DcEntry(int bits, int length) => (uint)((length << 16) | ((63 - bits) << 8) | (length + bits));

    private static uint AcEntry(int symbol, int length)
    {
        (int run, int bits) = (symbol >> 4, symbol & 15);
        uint entry = ((uint)run << 24) | ((uint)length << 16) | (uint)(length + bits);
        return bits == 0 ? entry | Special : entry | ((uint)(64 - bits) << 8);
    }
}
