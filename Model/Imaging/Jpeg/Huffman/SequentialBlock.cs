using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>Huffman decoding of one block in sequential mode (T.81, F.2.2). The values are not yet dequantised.</summary>
internal static unsafe class SequentialBlock
{
    /// <summary>What the decoders return for bits that are no code.</summary>
    public const int Invalid = -1;

    /// <summary>Reads the difference to the previous block's DC value.</summary>
    /// <returns>False for an invalid code.</returns>
    public static bool TryReadDc(ref JpegBitReader reader, HuffmanTable table, out int difference) =>
        TryReadDc(ref reader, table.LookupPointer, table, out difference);

    /// <summary>
    /// Reads the difference, for loops that hold the reader and the table's <see cref="HuffmanTable.LookupPointer"/> in registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadDc(ref JpegBitReader reader, uint* lookup, HuffmanTable table, out int difference)
    {
        if (reader.Count < JpegBitReader.Enough) reader.Refill();
        ulong bits = reader.Bits;
        uint entry = lookup[bits >> (64 - HuffmanTable.LookupBits)];
        if ((entry & HuffmanTable.Special) != 0) entry = table.LongEntry(bits);
        ulong value = bits << (int)(entry >> 16);
        int shift = (int)(entry >> 8);
        // A leading 0 marks a negative value (T.81, F.2.2.1): subtract 2^n - 1.
        difference = (int)((value >> 1) >> shift) - (int)(((ulong)~((long)value >> 63) >> 1) >> shift);
        reader.Drop((int)entry);
        return entry != 0;
    }

    /// <summary>Reads the AC coefficients into a cleared block in row-major order.</summary>
    /// <returns>1 past the zigzag index of the last coefficient coded (1 if there is none), or <see cref="Invalid"/>.</returns>
    public static int ReadAc(ref JpegBitReader reader, HuffmanTable table, short* block)
    {
        ref uint lookup = ref MemoryMarshal.GetArrayDataReference(table.Lookup);
        ref byte toNatural = ref MemoryMarshal.GetReference(ZigZag.ToNatural);
        byte* next = reader.Next;
        (ulong bits, int count) = (reader.Bits, reader.Count);
        nint k = 1;
        while (k < 64)
        {
            if (count < JpegBitReader.Enough) JpegBitReader.Refill(ref next, ref bits, ref count);
            uint entry = Unsafe.Add(ref lookup, (nint)(bits >> (64 - HuffmanTable.LookupBits)));
            if ((entry & HuffmanTable.Special) != 0)
            {
                if ((entry & 63) == 0) entry = table.LongEntry(bits);
                if (entry == 0) return Invalid;
                if ((entry & HuffmanTable.Special) != 0)
                {
                    bits <<= (int)entry;
                    count -= (int)(entry & 63);
                    if (entry >> 24 != 15) break;
                    k += 16;
                    continue;
                }
            }
            k += (nint)(entry >> 24);
            block[Unsafe.Add(ref toNatural, k)] = (short)HuffmanTable.ValueOf(entry, bits);
            k++;
            bits <<= (int)entry;
            count -= (int)(entry & 63);
        }
        reader.Next = next;
        (reader.Bits, reader.Count) = (bits, count);
        return (int)k;
    }
}
