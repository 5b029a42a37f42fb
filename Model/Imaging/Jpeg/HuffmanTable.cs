namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>A Huffman table (ITU-T T.81, annex C and F.2.2.3) with a lookup for short codes.</summary>
internal sealed class HuffmanTable
{
    /// <summary>Codes up to this length, nearly all in practice, take one lookup.</summary>
    public const int LookupBits = 9;

    private readonly short[] lookup = new short[1 << LookupBits]; // length << 8 | symbol, or 0
    private readonly int[] largest = new int[18], offset = new int[17];
    private readonly byte[] symbols;

    /// <param name="counts">Number of codes of lengths 1 to 16.</param>
    /// <param name="symbols">Their symbols in code order.</param>
    /// <exception cref="ArgumentException">More codes than the lengths allow.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        this.symbols = symbols.ToArray();
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length) throw new ArgumentException("a Huffman table with more codes than its lengths allow");
                if (length > LookupBits) continue;
                int first = code << (LookupBits - length);
                lookup.AsSpan(first, 1 << (LookupBits - length)).Fill((short)(length << 8 | symbols[index]));
            }
            largest[length] = counts[length - 1] > 0 ? code - 1 : -1;
        }
        largest[17] = int.MaxValue;
    }

    /// <summary>Length and symbol of a code that fits the lookup: length &lt;&lt; 8 | symbol; 0 if it is longer.</summary>
    public int Short(int bits) => lookup[bits];

    /// <summary>Symbol of a code longer than the lookup.</summary>
    /// <param name="bits">The next 16 bits.</param>
    /// <param name="length">Its length.</param>
    /// <returns>-1 if there is no such code.</returns>
    public int Long(int bits, out int length)
    {
        for (length = LookupBits + 1; length <= 16; length++)
        {
            int code = bits >> (16 - length);
            if (code > largest[length]) continue;
            int index = code + offset[length];
            return (uint)index < (uint)symbols.Length ? symbols[index] : -1;
        }
        return -1;
    }
}
