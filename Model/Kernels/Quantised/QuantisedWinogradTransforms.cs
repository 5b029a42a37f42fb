using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>The two ends of Winograd's algorithm from bytes to bytes: V = Bᵀ x B in exact shorts, and Aᵀ m A in floats with the requantisation.</summary>
internal static unsafe class QuantisedWinogradTransforms
{
    // Groups of a cache line: a vector that lies across two costs twice.
    private const int Line = 16;

    /// <summary>V = Bᵀ (x - zero) B of one tile.</summary>
    /// <param name="x">The tile's first pixel.</param>
    /// <param name="rowStride">Bytes from one row of pixels to the next.</param>
    /// <param name="channels">Bytes of a pixel, a multiple of the vector's shorts.</param>
    /// <param name="zero">Zero point of x.</param>
    /// <param name="v">Point k of the tile at v + k · pointStride, channels in pairs.</param>
    /// <param name="pointStride">In pairs.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TTile, TInput, I, L>(byte* x, nint rowStride, int channels, byte zero, int* v, nint pointStride)
        where TTile : struct, IWinogradTile where TInput : struct, IIntegerInputTile where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
    {
        int n = TTile.In;
        int* temporary = stackalloc int[n * n * I.Count + Line];
        int* t = (int*)Aligned(temporary);
        I zeros = I.Broadcast(zero | zero << 16);
        for (int c = 0; c < channels; c += 2 * I.Count)
        {
            byte* p = x + c;
            for (int j = 0; j < n; j++, p += channels)
            {
                I last = n > 5 ? Load<I, L>(p + 5 * rowStride, zeros) : zeros;
                TInput.InputLine<I, L>(Load<I, L>(p, zeros), Load<I, L>(p + rowStride, zeros), Load<I, L>(p + 2 * rowStride, zeros), Load<I, L>(p + 3 * rowStride, zeros),
                    Load<I, L>(p + 4 * rowStride, zeros), last, t + j * I.Count, n * I.Count);
            }
            for (int i = 0; i < n; i++)
            {
                int* r = t + n * i * I.Count;
                I last = n > 5 ? I.Load(r + 5 * I.Count) : zeros;
                TInput.InputLine<I, L>(I.Load(r), I.Load(r + I.Count), I.Load(r + 2 * I.Count), I.Load(r + 3 * I.Count), I.Load(r + 4 * I.Count), last,
                    v + c / 2 + n * i * pointStride, pointStride);
            }
        }
    }

    /// <summary>Y = Aᵀ m A of one tile, requantised, of which the part inside the picture is stored.</summary>
    /// <param name="m">Point k of the tile at m + k · pointStride; in output steps.</param>
    /// <param name="pointStride">In floats.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="count">Channels, a multiple of the vector's length.</param>
    /// <param name="index">Index in the output of the tile's first value of that channel.</param>
    /// <param name="rowStride">Values from one output row to the next.</param>
    /// <param name="rows">Rows of the tile inside the picture.</param>
    /// <param name="columns">Columns of the tile inside the picture.</param>
    /// <param name="requantise">Bias and so on.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<TTile, L>(float* m, nint pointStride, int channel, int count, nint index, nint rowStride, int rows, int columns, Requantisation requantise)
        where TTile : struct, IWinogradTile where L : struct, ILanes<L>
    {
        int n = TTile.In;
        nint lineStride = n * pointStride;
        float* temporary = stackalloc float[TTile.Out * (n + 1) * L.Count + Line];
        float* t = (float*)Aligned(temporary), line = t + TTile.Out * n * L.Count;
        for (int c = 0; c < count; c += L.Count)
        {
            float* p = m + c;
            for (int j = 0; j < n; j++, p += pointStride)
            {
                L last = n > 5 ? L.Load(p + 5 * lineStride) : L.Broadcast(0);
                TTile.OutputLine(L.Load(p), L.Load(p + lineStride), L.Load(p + 2 * lineStride), L.Load(p + 3 * lineStride), L.Load(p + 4 * lineStride), last,
                    t + j * L.Count, n * L.Count);
            }
            for (int i = 0; i < rows; i++)
            {
                float* r = t + n * i * L.Count;
                L last = n > 5 ? L.Load(r + 5 * L.Count) : L.Broadcast(0);
                TTile.OutputLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), L.Load(r + 3 * L.Count), L.Load(r + 4 * L.Count), last, line, L.Count);
                nint at = index + i * rowStride + c;
                for (int j = 0; j < columns; j++, at += requantise.Channels) requantise.Store(L.Load(line + j * L.Count), channel + c, at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void* Aligned(void* p) => (void*)(((nint)p + 63) & ~63);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Load<I, L>(byte* p, I zeros) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        => I.SubtractShorts(I.LoadBytesAsShorts(p), zeros);
}
