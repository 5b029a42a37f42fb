using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>
/// For reading AC coefficients in sequential mode, up to two with their values at one look. An entry, from the low bits: 0-5 bits to drop;
/// 8-15 coefficients passed, zeros among them, plus <see cref="AcSkipTable.EndOfBlock"/> if the last symbol was the end of the block, or
/// <see cref="AcSkipTable.Step"/> alone, which sends the reader to the plain table; 16-23 and 24-31 the places of the two values behind
/// the present coefficient; 32-47 and 48-63 the values. What an entry does not have goes to a place outside of any block.
/// </summary>
/// <remarks>Two tables, for luma and chroma, are to fit into a first-level cache beside the block: 16 KB each.</remarks>
internal sealed unsafe class AcPairTable
{
    public const int Bits = 11;

    private const int Nowhere = 64;

    private readonly ulong[] entries = GC.AllocateUninitializedArray<ulong>(1 << Bits, pinned: true);

    /// <summary>The entries, which are never moved; valid as long as the table is held.</summary>
    public ulong* Pointer => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(entries));

    /// <summary>Makes the entries for a code.</summary>
    public void Fill(HuffmanTable table)
    {
        for (int index = 0; index < entries.Length; index++) entries[index] = EntryOf(table, index);
    }

    private static ulong EntryOf(HuffmanTable table, int index)
    {
        int used = 0, passed = 0, values = 0, place1 = Nowhere, place2 = Nowhere;
        short value1 = 0, value2 = 0;
        ulong bits = (ulong)index << (64 - Bits);
        while (used < Bits && values < 2)
        {
            uint entry = table.Lookup[bits << used >> (64 - HuffmanTable.LookupBits)];
            int length = (int)(entry & 63), run = (int)(entry >> 24);
            // Unlike what is passed over, a value must lie within the look.
            if (length == 0 || used + length > Bits || passed + run >= AcSkipTable.Step) break;
            if ((entry & HuffmanTable.Special) != 0 && run != 15) return Entry(used + length, AcSkipTable.EndOfBlock + passed);
            if ((entry & HuffmanTable.Special) == 0)
            {
                short value = (short)HuffmanTable.ValueOf(entry, bits << used);
                (value1, place1) = values == 0 ? (value, passed + run) : (value1, place1);
                (value2, place2) = (value, passed + run);
                values++;
            }
            passed += run + 1;
            used += length;
        }
        return used == 0 || passed >= AcSkipTable.Step ? Entry(0, AcSkipTable.Step) : Entry(used, passed);

        ulong Entry(int drop, int after) =>
            ((ulong)(ushort)value2 << 48)
            | ((ulong)(ushort)value1 << 32)
            | ((ulong)(uint)place2 << 24)
            | ((ulong)(uint)place1 << 16)
            | ((ulong)(uint)after << 8)
            | (uint)drop;
    }
}
