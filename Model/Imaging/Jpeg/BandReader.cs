using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// A band of AC coefficients of one block after another (T.81, G.1.2.2 and G.1.2.3): its first scan, and those that refine it by a bit.
/// Places are bits as in <see cref="CoefficientStore.NonZero"/>.
/// </summary>
/// <param name="table">The scan's code.</param>
/// <param name="first">First zigzag index of the band, at least 1.</param>
/// <param name="last">Its last.</param>
/// <param name="low">The lowest bit coded.</param>
/// <param name="counts">Whether an end of band may stand for several blocks; in sequential mode it does not.</param>
internal unsafe ref struct BandReader(HuffmanTable table, int first, int last, int low, bool counts)
{
    private readonly HuffmanTable table = table;
    private readonly uint* lookup = table.LookupPointer;
    private readonly ulong band = (ulong.MaxValue >> first) & (ulong.MaxValue << (63 - last));

    private readonly ulong beyond = 1UL << (63 - Math.Min(last + 1, 63));

    /// <summary>Blocks still to come that an end of band stands for.</summary>
    public int EndOfBandRun { get; set; }

    /// <summary>First scan of the band in a block that no run covers.</summary>
    /// <param name="reader">Best in registers.</param>
    /// <param name="block">Its coefficients in zigzag order.</param>
    /// <param name="nonZero">Places that are not 0: those found are added.</param>
    /// <returns>False for bits that are no code.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadFirst(ref JpegBitReader reader, short* block, ref ulong nonZero)
    {
        ulong found = 0;
        int k = first;
        bool valid = true;
        while (k <= last)
        {
            valid = TryReadEntry(ref reader, out uint entry);
            if (!valid) break;
            int run = (int)(entry >> 24);
            if ((entry & HuffmanTable.Special) != 0)
            {
                reader.Drop((int)entry);
                k += 16;
                if (run == 15) continue;
                EndOfBandRun = counts ? (1 << run) - 1 + TakeCount(ref reader, run) : 0;
                break;
            }
            // A broken run may lead over the end.
            k = Math.Min(k + run, 63);
            block[k] = (short)(HuffmanTable.ValueOf(entry, reader.Bits) << low);
            found |= 1UL << (63 - k);
            reader.Drop((int)entry);
            k++;
        }
        nonZero |= found;
        return valid;
    }

    /// <summary>A further bit of the band in a block.</summary>
    /// <param name="reader">Best in registers.</param>
    /// <param name="block">Its coefficients in zigzag order.</param>
    /// <param name="nonZero">Places that are not 0: new ones are added.</param>
    /// <returns>False for bits that are no code.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRefine(ref JpegBitReader reader, short* block, ref ulong nonZero)
    {
        ulong known = nonZero, ahead = band, grown = 0, fresh = 0, negative = 0;
        bool valid = true;
        while (EndOfBandRun == 0 && ahead != 0)
        {
            // A scan may end within a block: what came before counts.
            valid = TryReadEntry(ref reader, out uint entry);
            if (!valid) break;
            int run = (int)(entry >> 24), code = (int)(entry >> 16) & 63;
            bool hasValue = (entry & HuffmanTable.Special) == 0;
            reader.Drop(code);
            if (!hasValue && run != 15)
            {
                EndOfBandRun = (1 << run) + TakeCount(ref reader, run);
                break;
            }
            // A new coefficient is always 1 in the bit that is coded: only its sign follows. It takes the place behind so many zeros.
            bool isPositive = (long)reader.Bits < 0;
            if (hasValue) reader.Drop(1);
            ulong zeros = ahead & ~known;
            int behind = BitOperations.PopCount(zeros) - 1 - run;
            // A broken run leads over the end, where libjpeg puts the coefficient on the next one, or on the last of the block.
            ulong place = behind < 0 ? beyond : Deposit(1UL << behind, zeros), rest = behind < 0 ? 0 : place - 1;
            grown |= TakeBits(ref reader, ahead & known & ~rest);
            ahead &= rest;
            if (!hasValue) continue;
            fresh |= place;
            if (!isPositive) negative |= place;
        }
        if (EndOfBandRun > 0)
        {
            grown |= TakeBits(ref reader, ahead & known);
            EndOfBandRun--;
        }
        Store(block, grown, fresh, negative);
        nonZero = known | fresh;
        return valid;
    }

    private readonly void Store(short* block, ulong grown, ulong fresh, ulong negative)
    {
        int bit = 1 << low;
        for (; grown != 0; grown &= ~(1UL << 63 >> BitOperations.LeadingZeroCount(grown)))
        {
            short* coefficient = block + BitOperations.LeadingZeroCount(grown);
            if ((*coefficient & bit) == 0) *coefficient = (short)(*coefficient + (*coefficient > 0 ? bit : -bit));
        }
        for (; fresh != 0; fresh &= ~(1UL << 63 >> BitOperations.LeadingZeroCount(fresh)))
        {
            int k = BitOperations.LeadingZeroCount(fresh);
            block[k] = (short)((negative << k >> 63) != 0 ? -bit : bit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryReadEntry(ref JpegBitReader reader, out uint entry)
    {
        if (reader.Count < JpegBitReader.Enough) reader.Refill();
        entry = lookup[reader.Bits >> (64 - HuffmanTable.LookupBits)];
        if ((entry & 63) == 0) entry = table.LongEntry(reader.Bits);
        return entry != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TakeCount(ref JpegBitReader reader, int count)
    {
        if (count == 0) return 0;
        reader.Refill();
        int value = (int)(reader.Bits >> (64 - count));
        reader.Drop(count);
        return value;
    }

    /// <summary>Takes a bit for each place of a mask, the highest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong TakeBits(ref JpegBitReader reader, ulong mask)
    {
        const int most = 56; // after a refill
        int count = BitOperations.PopCount(mask), now = Math.Min(count, most);
        if (count == 0) return 0;
        reader.Refill();
        ulong value = reader.Bits >> (64 - now);
        reader.Drop(now);
        if (count > most)
        {
            reader.Refill();
            value = (value << (count - most)) | (reader.Bits >> (64 - (count - most)));
            reader.Drop(count - most);
        }
        return Deposit(value, mask);
    }

    /// <summary>Spreads the lowest bits of a value over the places of a mask, the lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Deposit(ulong value, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(value, mask) : DepositOneByOne(value, mask);

    internal static ulong DepositOneByOne(ulong value, ulong mask)
    {
        ulong result = 0;
        for (; mask != 0 && value != 0; mask &= mask - 1, value >>= 1)
            if ((value & 1) != 0) result |= mask & (~mask + 1);
        return result;
    }
}
