using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Samples out of coefficients that several scans have gathered.</summary>
internal readonly unsafe struct CoefficientSource(Frame frame) : IMcuRowSource
{
    public void Fill(int mcuRow, byte* work)
    {
        foreach (Component c in frame.Components)
        {
            if (!c.IsWanted) continue;
            int rows = Math.Min(c.Vertical, c.BlocksHigh - mcuRow * c.Vertical);
            fixed (short* coefficients = c.Coefficients, steps = c.Quantisation)
            {
                for (int y = 0; y < rows; y++)
                {
                    short* block = coefficients + (nint)(mcuRow * c.Vertical + y) * c.PaddedBlocksWide * c.CoefficientsPerBlock;
                    byte* target = work + c.SamplesOffset + (nint)y * c.BlockSize * c.Stride;
                    for (int x = 0; x < c.BlocksWide; x++, block += c.CoefficientsPerBlock, target += c.BlockSize)
                        InverseDct.Transform(block, steps, c.WantsAc ? Extent(block) : 1, target, c.Stride, c.BlockSize);
                }
            }
        }
    }

    /// <summary>An upper bound, good enough to choose a transform, for 1 past the zigzag index of the last coefficient that is not 0.</summary>
    private static int Extent(short* block)
    {
        Vector128<short> top = Vector128.Load(block + 8) | Vector128.Load(block + 16) | Vector128.Load(block + 24);
        Vector128<short> bottom = Vector128.Load(block + 32) | Vector128.Load(block + 40) | Vector128.Load(block + 48) | Vector128.Load(block + 56);
        Vector128<short> first = Vector128.Load(block);
        Vector128<short> right = (top | first) & Vector128.Create(0, 0, 0, 0, -1, -1, -1, -1);
        if ((bottom | right) != Vector128<short>.Zero) return 64;
        return (top | first.WithElement(0, (short)0)) == Vector128<short>.Zero ? 1 : InverseDct.LowCoefficients;
    }
}
