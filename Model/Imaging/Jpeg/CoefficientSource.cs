using System.Numerics;
using EmotionMLNet.Imaging.Jpeg.Dct;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Samples out of coefficients that several scans have gathered.</summary>
internal readonly unsafe struct CoefficientSource(Frame frame) : IMcuRowSource
{
    public void Fill(int mcuRow, byte* work)
    {
        short* block = stackalloc short[64];
        new Span<short>(block, 64).Clear();
        foreach (Component c in frame.Components)
        {
            if (!c.IsWanted) continue;
            int rows = Math.Min(c.Vertical, c.BlocksHigh - mcuRow * c.Vertical);
            fixed (short* steps = c.Quantisation)
            {
                for (int y = 0; y < rows; y++)
                {
                    int first = (mcuRow * c.Vertical + y) * c.PaddedBlocksWide;
                    byte* target = work + c.SamplesOffset + (nint)y * c.BlockSize * c.Stride;
                    for (int x = 0; x < c.BlocksWide; x++, target += c.BlockSize)
                    {
                        block[0] = c.Store.Dc[first + x];
                        int coded = c.WantsAc ? Gather(c.Store.Ac.Slice(64 * (first + x), 64), c.Store.NonZero[first + x], block) : 1;
                        InverseDct.Transform(block, steps, coded, target, c.Stride, c.BlockSize);
                        if (coded > 1) new Span<short>(block, 64).Clear();
                    }
                }
            }
        }
    }

    /// <summary>Puts AC coefficients into row-major order.</summary>
    /// <returns>1 past the zigzag index of the last one.</returns>
    private static int Gather(ReadOnlySpan<short> coefficients, ulong nonZero, short* block)
    {
        int k = 0;
        for (; nonZero != 0; nonZero &= ~(1UL << 63 >> k))
        {
            k = BitOperations.LeadingZeroCount(nonZero);
            block[ZigZag.ToNatural[k]] = coefficients[k];
        }
        return k + 1;
    }
}
