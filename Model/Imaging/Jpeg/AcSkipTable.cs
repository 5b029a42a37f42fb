namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Where only the mean of a block is wanted (1/8 scale), its AC coefficients are passed over, several at one look.
/// An entry, from the low bits: 0-5 bits to drop (0: step with the plain table); 8-14 coefficients passed, zeros among them;
/// 15 set if the last symbol was the end of the block.
/// </summary>
internal static class AcSkipTable
{
    public const int Bits = 11;
    public const uint EndOfBlock = 0x8000;

    private const int MostCoefficients = 63;

    public static uint[] Build(HuffmanTable table)
    {
        uint[] skip = new uint[1 << Bits];
        for (int index = 0; index < skip.Length; index++) skip[index] = EntryOf(table, index);
        return skip;
    }

    private static uint EntryOf(HuffmanTable table, int index)
    {
        int used = 0, passed = 0;
        ulong bits = (ulong)index << (64 - Bits);
        // Only the codes must lie within the look; the value bits of the last one need not.
        while (used < Bits)
        {
            uint entry = table.Lookup[bits << used >> (64 - HuffmanTable.LookupBits)];
            int codeLength = (int)(entry >> 16) & 63;
            if (codeLength == 0 || used + codeLength > Bits) break;
            int run = (int)(entry >> 24);
            bool valueless = (entry & HuffmanTable.Special) != 0;
            if (valueless && run != 15) return EndOfBlock | ((uint)passed << 8) | (uint)(used + codeLength);
            if (passed + run + 1 > MostCoefficients) break;
            passed += run + 1;
            used += (int)(entry & 63);
        }
        return ((uint)passed << 8) | (uint)used;
    }
}
