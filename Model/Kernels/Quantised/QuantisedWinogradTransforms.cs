using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>The beginning of Winograd's algorithm from bytes: V = Bᵀ x B in exact shorts. It ends as that of floats does.</summary>
internal static unsafe class QuantisedWinogradTransforms
{
    /// <summary>V = Bᵀ (x - zero) B of one tile.</summary>
    /// <param name="x">The tile's first pixel.</param>
    /// <param name="rowStride">Bytes from one row of pixels to the next.</param>
    /// <param name="channels">Bytes of a pixel, a multiple of the vector's shorts.</param>
    /// <param name="zero">Zero point of x.</param>
    /// <param name="v">Point k of the tile at v + k · pointStride, channels in pairs.</param>
    /// <param name="pointStride">Distance between points, in pairs.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TTile, TInput, I, L>(byte* x, nint rowStride, int channels, byte zero, int* v, nint pointStride)
        where TTile : struct, IWinogradTile
        where TInput : struct, IIntegerInputTile
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
    {
        int n = TTile.In;
        int* room = stackalloc int[n * n * I.Count + 16], t = (int*)WinogradTransforms.AlignedStack((float*)room);
        I zeros = I.Broadcast(zero | zero << 16);
        for (int c = 0; c < channels; c += 2 * I.Count)
        {
            byte* p = x + c;
            for (int j = 0; j < n; j++, p += channels)
            {
                I last = n > 5 ? Load<I, L>(p + 5 * rowStride, zeros) : zeros;
                TInput.InputLine<I, L>(
                    Load<I, L>(p, zeros),
                    Load<I, L>(p + rowStride, zeros),
                    Load<I, L>(p + 2 * rowStride, zeros),
                    Load<I, L>(p + 3 * rowStride, zeros),
                    Load<I, L>(p + 4 * rowStride, zeros),
                    last,
                    t + j * I.Count,
                    n * I.Count
                );
            }
            for (int i = 0; i < n; i++)
            {
                int* r = t + n * i * I.Count;
                I last = n > 5 ? I.Load(r + 5 * I.Count) : zeros;
                TInput.InputLine<I, L>(
                    I.Load(r),
                    I.Load(r + I.Count),
                    I.Load(r + 2 * I.Count),
                    I.Load(r + 3 * I.Count),
                    I.Load(r + 4 * I.Count),
                    last,
                    v + c / 2 + n * i * pointStride,
                    pointStride
                );
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Load<I, L>(byte* p, I zeros) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        => I.SubtractShorts(I.LoadBytesAsShorts(p), zeros);
}
