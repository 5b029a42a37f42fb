using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>First scan of a band of AC coefficients (T.81, G.1.2.2).</summary>
internal unsafe struct AcFirstCoder(int first, int last, int low) : IBlockCoder
{
    // Blocks still to come whose band is empty.
    private int endOfBandRun;

    public void Restart() => endOfBandRun = 0;

    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block)
    {
        if (endOfBandRun > 0)
        {
            endOfBandRun--;
            return true;
        }
        for (int k = first; k <= last; k++)
        {
            if (!ProgressiveSymbol.TryRead(ref bits, part.Ac, out int run, out int size)) return false;
            if (size == 0 && run != 15)
            {
                endOfBandRun = (1 << run) - 1 + (run > 0 ? bits.Take(run) : 0);
                break;
            }
            k += run;
            if (size == 0) continue;
            int value = bits.Take(size);
            if (value < 1 << (size - 1)) value -= (1 << size) - 1;
            block[ZigZag.ToNatural[k]] = (short)(value << low);
        }
        return true;
    }
}

/// <summary>A further bit of a band of AC coefficients (T.81, G.1.2.3): new ones between corrections of those already there.</summary>
internal unsafe struct AcRefinementCoder(int first, int last, int low) : IBlockCoder
{
    private int endOfBandRun;

    public void Restart() => endOfBandRun = 0;

    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block)
    {
        int k = first;
        while (endOfBandRun == 0 && k <= last)
        {
            if (!ProgressiveSymbol.TryRead(ref bits, part.Ac, out int run, out int size)) return false;
            if (size == 0 && run != 15)
            {
                endOfBandRun = (1 << run) + (run > 0 ? bits.Take(run) : 0);
                break;
            }
            // A new coefficient is always 1 in the bit that is coded: only its sign follows.
            short value = size == 0 ? (short)0 : (short)(bits.Take(1) != 0 ? 1 << low : -1 << low);
            k = Correct(ref bits, block, k, run);
            if (value != 0) block[ZigZag.ToNatural[k]] = value;
            k++;
        }
        if (endOfBandRun > 0)
        {
            if (!IsEmpty(block)) Correct(ref bits, block, k, int.MaxValue);
            endOfBandRun--;
        }
        return true;
    }

    /// <summary>Corrects the coefficients that are not 0 and passes <paramref name="zeros"/> that are.</summary>
    /// <returns>The place of the zero after these, or 1 past the band.</returns>
    private readonly int Correct(ref JpegBitReader bits, short* block, int k, int zeros)
    {
        ReadOnlySpan<byte> toNatural = ZigZag.ToNatural;
        for (; k <= last; k++)
        {
            short* coefficient = block + toNatural[k];
            int value = *coefficient;
            if (value == 0)
            {
                if (zeros-- == 0) break;
            }
            else if (bits.Take(1) != 0 && (value & (1 << low)) == 0)
            {
                *coefficient = (short)(value + (value > 0 ? 1 << low : -1 << low));
            }
        }
        return k;
    }

    private static bool IsEmpty(short* block)
    {
        Vector256<short> any = Vector256.Load(block).WithElement(0, (short)0) | Vector256.Load(block + 16) | Vector256.Load(block + 32) | Vector256.Load(block + 48);
        return any == Vector256<short>.Zero;
    }
}

/// <summary>A symbol of an AC scan without its value bits.</summary>
internal static class ProgressiveSymbol
{
    /// <returns>False for bits that are no code.</returns>
    public static bool TryRead(ref JpegBitReader bits, HuffmanTable table, out int run, out int size)
    {
        if (bits.Count < JpegBitReader.Enough) bits.Refill();
        uint entry = table.Lookup[bits.Bits >> (64 - HuffmanTable.LookupBits)];
        int length = (int)(entry >> 16) & 63;
        if (length == 0)
        {
            entry = table.LongEntry(bits.Bits);
            length = (int)(entry >> 16) & 63;
        }
        bits.Bits <<= length;
        bits.Count -= length;
        (run, size) = ((int)(entry >> 24), (int)(entry & 63) - length);
        return entry != 0;
    }
}
