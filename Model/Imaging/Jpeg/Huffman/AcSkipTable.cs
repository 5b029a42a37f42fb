using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>
/// Where only the mean of a block is wanted (1/8 scale), or nothing of it (the colours of a picture that is to be grey), its AC
/// coefficients are passed over, several at one look. An entry, from the low bits: 0-5 bits to drop; 6-15 coefficients passed, zeros
/// among them, plus <see cref="EndOfBlock"/> if the last symbol was the end of the block. <see cref="Step"/>, alone, sends the reader to
/// the plain table.
/// </summary>
/// <remarks>
/// The look is as wide as the first-level cache allows: 16 KB a table. A look drops at most 13 + 15 bits, two looks 56: a refill.
/// </remarks>
internal sealed unsafe class AcSkipTable
{
    public const int Bits = 13;

    /// <summary>Among the coefficients passed: more than a block has.</summary>
    public const int EndOfBlock = 128;

    /// <summary>Among the coefficients passed: fills any block, so that the reader stops to see.</summary>
    public const int Step = 64;

    private const int MostCoefficients = 63;

    private readonly ushort[] entries = GC.AllocateUninitializedArray<ushort>(1 << Bits, pinned: true);

    /// <summary>For pictures too small to be worth a table: every look goes to the plain one.</summary>
    public static AcSkipTable Stepping { get; } = MakeStepping();

    /// <summary>The entries, which are never moved; valid as long as the table is held.</summary>
    public ushort* Pointer => (ushort*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(entries));

    /// <summary>Whether a block ends after so many coefficients, counted as entries do, itself among them.</summary>
    /// <remarks>An end of block that follows a full block belongs to the next one, and so do all symbols that do not fit.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EndsBlock(int after) => after is 64 or (> EndOfBlock and < EndOfBlock + 64);

    /// <summary>Makes the entries for a code.</summary>
    public void Fill(HuffmanTable table)
    {
        for (int index = 0; index < entries.Length; index++) entries[index] = EntryOf(table, index);
    }

    private static AcSkipTable MakeStepping()
    {
        var table = new AcSkipTable();
        table.entries.AsSpan().Fill(Step << 6);
        return table;
    }

    private static ushort EntryOf(HuffmanTable table, int index)
    {
        int used = 0, passed = 0;
        ulong bits = (ulong)index << (64 - Bits);
        // Only the codes must lie within the look; the value bits of the last one need not.
        while (used < Bits)
        {
            uint entry = table.Lookup[bits << used >> (64 - HuffmanTable.LookupBits)];
            if ((entry & 63) == 0) entry = table.LongEntry(bits << used);
            int codeLength = (int)(entry >> 16) & 63;
            if (codeLength == 0 || used + codeLength > Bits) break;
            int run = (int)(entry >> 24);
            bool valueless = (entry & HuffmanTable.Special) != 0;
            if (valueless && run != 15) return (ushort)((EndOfBlock + passed) << 6 | (used + codeLength));
            if (passed + run + 1 > MostCoefficients) break;
            passed += run + 1;
            used += (int)(entry & 63);
        }
        return (ushort)(used == 0 ? Step << 6 : passed << 6 | used);
    }
}
