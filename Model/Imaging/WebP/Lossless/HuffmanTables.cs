using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Where the table of a prefix code lies in <see cref="HuffmanTables"/> and how many bits index its first level.</summary>
internal readonly record struct HuffmanCode(int Offset, int RootBits);

/// <summary>
/// Lookup tables of two levels for canonical prefix codes, all in one array. Entry: bits 0 to 3 the length to consume, bits 8 and up
/// the symbol; with bit 7 set, the length is that of the index into a second level and the symbol its distance from the first.
/// </summary>
/// <remarks>
/// The first level has 8 bits, or fewer where the longest word is shorter: a one-symbol code takes a single entry and no bit.
/// </remarks>
/// <param name="mostEntries">More are refused: they are not there to code a picture with.</param>
internal sealed class HuffmanTables(int mostEntries)
{
    /// <summary>Longest code word.</summary>
    public const int MaxLength = 15;

    private const int MaxRootBits = 8;
    private const uint Link = 0x80;
    private const int LengthMask = 0x0F;
    private const int SymbolShift = 8;

    private uint[] entries = new uint[1024];
    private ushort[] sorted = [];

    /// <summary>Entries in use. Setting it back forgets the codes added since.</summary>
    public int Count { get; set; }

    /// <summary>Decodes one symbol; the reader must have been filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(HuffmanCode code, ref BitReader reader)
    {
        uint[] table = entries;
        uint entry = table[code.Offset + ((int)reader.Window & ((1 << code.RootBits) - 1))];
        if ((entry & Link) != 0)
        {
            reader.Consume(code.RootBits);
            entry = table[code.Offset + (int)(entry >> SymbolShift) + ((int)reader.Window & ((1 << (int)(entry & LengthMask)) - 1))];
        }
        reader.Consume((int)(entry & LengthMask));
        return (int)(entry >> SymbolShift);
    }

    /// <summary>Whether a group's codes have one word each, of no bits, and what pixel they then always give.</summary>
    public bool TryConstant(in HuffmanGroup group, out uint pixel)
    {
        pixel = 0;
        if ((group.Green.RootBits | group.Red.RootBits | group.Blue.RootBits | group.Alpha.RootBits) != 0) return false;
        uint green = entries[group.Green.Offset] >> SymbolShift;
        pixel =
            (entries[group.Alpha.Offset] >> SymbolShift << 24)
            | (entries[group.Red.Offset] >> SymbolShift << 16)
            | (green << 8)
            | (entries[group.Blue.Offset] >> SymbolShift);
        return green < HuffmanCodeReader.LiteralSymbols;
    }

    /// <summary>Builds the table of a code.</summary>
    /// <param name="lengths">Word length a symbol, 0 to 15; 0 = not used.</param>
    /// <param name="code">The code.</param>
    /// <returns>False if no prefix code has these lengths, if it would be incomplete, or if there are too many.</returns>
    public bool TryAdd(ReadOnlySpan<byte> lengths, out HuffmanCode code)
    {
        Span<int> counts = stackalloc int[MaxLength + 1];
        counts.Clear();
        foreach (byte length in lengths) counts[length]++;
        int used = lengths.Length - counts[0];
        counts[0] = 0;
        code = default;
        if (used == 0) return false;

        Span<int> next = stackalloc int[MaxLength + 2];
        next[0] = 0;
        int longest = 0;
        int free = 1;
        for (int length = 0; length <= MaxLength; length++)
        {
            next[length + 1] = next[length] + counts[length];
            if (counts[length] > 0) longest = length;
            if (length > 0) free = 2 * free - counts[length];
            if (free < 0) return false;
        }
        if (used == 1) longest = 0;
        else if (free != 0) return false;

        if (Count > mostEntries) return false;
        if (sorted.Length < used) sorted = new ushort[Math.Max(used, 512)];
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0) sorted[next[lengths[symbol]]++] = (ushort)symbol;
        }
        code = new HuffmanCode(Count, Math.Min(longest, MaxRootBits));
        if (longest == 0) Allocate(1)[0] = (uint)sorted[0] << SymbolShift;
        else Fill(counts, longest, code);
        return true;
    }

    /// <summary>Writes the words in canonical order, each at all indices that begin (in stream order) with it.</summary>
    private void Fill(Span<int> counts, int longest, HuffmanCode code)
    {
        int root = code.RootBits;
        Span<uint> table = Allocate(1 << root);
        int word = 0;
        int next = 0;
        for (int length = 1; length <= root; length++, word <<= 1)
        {
            for (int i = 0; i < counts[length]; i++, word++)
            {
                uint entry = ((uint)sorted[next++] << SymbolShift) | (uint)length;
                for (int index = Reverse(word, length); index < table.Length; index += 1 << length) table[index] = entry;
            }
        }
        // 'word' is now the first of root + 1 bits. A second level serves all words with the same first bits.
        int second = 0;
        int bits = 0;
        int prefix = -1;
        for (int length = root + 1; length <= longest; length++, word <<= 1)
        {
            for (int i = 0; i < counts[length]; i++, word++)
            {
                if (word >> (length - root) != prefix)
                {
                    prefix = word >> (length - root);
                    bits = SecondLevelBits(counts, i, length, root, longest);
                    second = Count - code.Offset;
                    Allocate(1 << bits);
                    entries[code.Offset + Reverse(prefix, root)] = ((uint)second << SymbolShift) | Link | (uint)bits;
                }
                uint entry = ((uint)sorted[next++] << SymbolShift) | (uint)(length - root);
                Span<uint> level = entries.AsSpan(code.Offset + second, 1 << bits);
                for (
                    int index = Reverse(word & ((1 << (length - root)) - 1), length - root);
                    index < level.Length;
                    index += 1 << (length - root)
                )
                    level[index] = entry;
            }
        }
    }

    /// <summary>
    /// Bits that the words behind one prefix need, given that the first of them is word <paramref name="done"/> of its length.
    /// </summary>
    private static int SecondLevelBits(Span<int> counts, int done, int length, int root, int longest)
    {
        int left = 1 << (length - root);
        left -= counts[length] - done;
        while (left > 0 && length < longest)
        {
            length++;
            left = 2 * left - counts[length];
        }
        return length - root;
    }

    private Span<uint> Allocate(int count)
    {
        if (Count + count > entries.Length) Array.Resize(ref entries, Math.Max(2 * entries.Length, Count + count));
        Span<uint> fresh = entries.AsSpan(Count, count);
        Count += count;
        return fresh;
    }

    private static int Reverse(int word, int length)
    {
        uint bits = (uint)word;
        bits = ((bits & 0x5555) << 1) | ((bits >> 1) & 0x5555);
        bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
        bits = ((bits & 0x0F0F) << 4) | ((bits >> 4) & 0x0F0F);
        return (int)((((bits & 0xFF) << 8) | (bits >> 8)) >> (16 - length));
    }
}
