using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>
/// Bits from bytes that are already freed of stuffing, the next bit highest. The bytes must be followed by
/// <see cref="EntropyData.Padding"/> more: running past the end of a block's data is found after the block, not at each bit.
/// </summary>
internal unsafe struct JpegBitReader
{
    /// <summary>After a refill at least so many bits are there: enough for any code with its value.</summary>
    public const int Enough = 32;

    public byte* Next;
    public ulong Bits;

    /// <summary>How many of <see cref="Bits"/> are accounted for; those below are right too, but read again by the next refill.</summary>
    public int Count;

    private byte* end;

    public void Begin(byte* first, byte* last)
    {
        Next = first;
        end = last;
        (Bits, Count) = (0, 0);
    }

    /// <summary>Whether more bits were taken than there were.</summary>
    public readonly bool IsOverrun => (Next - end) * 8 > Count;

    /// <summary>First byte of which no bit was taken.</summary>
    public readonly byte* Position => Next - (Count >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill() => Refill(ref Next, ref Bits, ref Count);

    /// <summary>For loops that hold the three in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ref byte* next, ref ulong bits, ref int count)
    {
        ulong more = Unsafe.ReadUnaligned<ulong>(next);
        if (BitConverter.IsLittleEndian) more = BinaryPrimitives.ReverseEndianness(more);
        bits |= more >> count;
        next += (63 - count) >> 3;
        count |= 56;
    }

    /// <summary>Drops as many bits as the lowest six of a table's entry say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop(int entry)
    {
        Bits <<= entry;
        Count -= entry & 63;
    }

    /// <summary>Takes 1 to 16 bits as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        if (Count < Enough) Refill();
        int value = (int)(Bits >> (64 - count));
        Bits <<= count;
        Count -= count;
        return value;
    }
}
