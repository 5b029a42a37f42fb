using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// The linear maps of Winograd's F(4x4, 3x3): Lavin and Gray 2015, arXiv:1509.09308, section 4.3. An output tile of 4x4 costs 36 products
/// instead of 144: Y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A, with x a 6x6 input tile. Each map works on vectors of channels.
/// </summary>
/// <remarks>
/// The constants reach 8, so the result loses about a digit against direct summation: relative to the largest output the error against
/// float64 stays under 1e-5 (tests), which neither training nor prediction notices.
/// </remarks>
internal static unsafe class WinogradTransforms
{
    /// <summary>Side of an input tile.</summary>
    public const int In = 6;

    /// <summary>Side of an output tile.</summary>
    public const int Out = 4;

    /// <summary>Products a tile and channel pair: In².</summary>
    public const int Points = In * In;

    /// <summary>V = Bᵀ x B of one tile.</summary>
    /// <param name="x">36 pointers to the tile's pixels in row-major order.</param>
    /// <param name="channels">A multiple of the vector's length.</param>
    /// <param name="v">Point k of the tile at v + k · pointStride.</param>
    /// <param name="pointStride">In floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<L>(float** x, int channels, float* v, nint pointStride) where L : struct, ILanes<L>
    {
        float* t = stackalloc float[Points * L.Count];
        for (int c = 0; c < channels; c += L.Count)
        {
            for (int j = 0; j < In; j++)
            {
                InputLine(L.Load(x[j] + c), L.Load(x[6 + j] + c), L.Load(x[12 + j] + c), L.Load(x[18 + j] + c), L.Load(x[24 + j] + c), L.Load(x[30 + j] + c),
                    t + j * L.Count, 6 * L.Count);
            }
            for (int i = 0; i < In; i++)
            {
                float* r = t + 6 * i * L.Count;
                InputLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), L.Load(r + 3 * L.Count), L.Load(r + 4 * L.Count), L.Load(r + 5 * L.Count),
                    v + c + 6 * i * pointStride, pointStride);
            }
        }
    }

    /// <summary>D = A dY Aᵀ of one tile: the adjoint of <see cref="Output"/>.</summary>
    /// <param name="dy">16 pointers to the tile's output gradients, row-major.</param>
    /// <param name="channels">A multiple of the vector's length.</param>
    /// <param name="d">Point k of the tile at d + k · pointStride.</param>
    /// <param name="pointStride">In floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OutputGradient<L>(float** dy, int channels, float* d, nint pointStride) where L : struct, ILanes<L>
    {
        float* t = stackalloc float[In * Out * L.Count];
        for (int c = 0; c < channels; c += L.Count)
        {
            for (int j = 0; j < Out; j++)
                GradientLine(L.Load(dy[j] + c), L.Load(dy[4 + j] + c), L.Load(dy[8 + j] + c), L.Load(dy[12 + j] + c), t + j * L.Count, Out * L.Count);
            for (int i = 0; i < In; i++)
            {
                float* r = t + Out * i * L.Count;
                GradientLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), L.Load(r + 3 * L.Count), d + c + 6 * i * pointStride, pointStride);
            }
        }
    }

    /// <summary>Y = Aᵀ m A of one tile, the epilogue, and the store of the part that lies inside the picture.</summary>
    /// <param name="m">Point k of the tile at m + k · pointStride.</param>
    /// <param name="pointStride">In floats.</param>
    /// <param name="channels">A multiple of the vector's length.</param>
    /// <param name="y">The whole output.</param>
    /// <param name="index">Index in it of the tile's first value.</param>
    /// <param name="rowStride">Floats from one output row to the next.</param>
    /// <param name="rows">Rows of the tile inside the picture, 1 to 4.</param>
    /// <param name="columns">Columns of the tile inside the picture, 1 to 4.</param>
    /// <param name="epilogue">Bias and so on.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<L>(float* m, nint pointStride, int channels, float* y, nint index, nint rowStride, int rows, int columns, PinnedEpilogue epilogue)
        where L : struct, ILanes<L>
    {
        float* t = stackalloc float[Out * In * L.Count];
        float* line = stackalloc float[Out * L.Count];
        for (int c = 0; c < channels; c += L.Count)
        {
            for (int j = 0; j < In; j++)
            {
                float* p = m + c + j * pointStride;
                OutputLine(L.Load(p), L.Load(p + 6 * pointStride), L.Load(p + 12 * pointStride), L.Load(p + 18 * pointStride), L.Load(p + 24 * pointStride), L.Load(p + 30 * pointStride),
                    t + j * L.Count, In * L.Count);
            }
            for (int i = 0; i < rows; i++)
            {
                float* r = t + In * i * L.Count;
                OutputLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), L.Load(r + 3 * L.Count), L.Load(r + 4 * L.Count), L.Load(r + 5 * L.Count), line, L.Count);
                nint at = index + i * rowStride + c;
                for (int j = 0; j < columns; j++, at += channels) epilogue.Apply(L.Load(line + j * L.Count), c, at).Store(y + at);
            }
        }
    }

    /// <summary>U = G w Gᵀ of a vector of filters.</summary>
    /// <param name="w">The nine taps, a vector each, row-major.</param>
    /// <param name="u">Point k at u + k · pointStride.</param>
    /// <param name="pointStride">In floats.</param>
    public static void Weights<L>(float* w, float* u, nint pointStride) where L : struct, ILanes<L>
    {
        float* t = stackalloc float[In * 3 * L.Count];
        for (int j = 0; j < 3; j++) WeightLine(L.Load(w + j * L.Count), L.Load(w + (3 + j) * L.Count), L.Load(w + (6 + j) * L.Count), t + j * L.Count, 3 * L.Count);
        for (int i = 0; i < In; i++)
        {
            float* r = t + 3 * i * L.Count;
            WeightLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), u + 6 * i * pointStride, pointStride);
        }
    }

    /// <summary>dw = Gᵀ dU G of a vector of filters: the adjoint of <see cref="Weights"/>.</summary>
    /// <param name="du">Point k at du + k · pointStride.</param>
    /// <param name="pointStride">In floats.</param>
    /// <param name="dw">Receives nine taps, a vector each.</param>
    public static void WeightGradient<L>(float* du, nint pointStride, float* dw) where L : struct, ILanes<L>
    {
        float* t = stackalloc float[3 * In * L.Count];
        for (int j = 0; j < In; j++)
        {
            float* p = du + j * pointStride;
            WeightGradientLine(L.Load(p), L.Load(p + 6 * pointStride), L.Load(p + 12 * pointStride), L.Load(p + 18 * pointStride), L.Load(p + 24 * pointStride), L.Load(p + 30 * pointStride),
                t + j * L.Count, In * L.Count);
        }
        for (int i = 0; i < 3; i++)
        {
            float* r = t + In * i * L.Count;
            WeightGradientLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), L.Load(r + 3 * L.Count), L.Load(r + 4 * L.Count), L.Load(r + 5 * L.Count),
                dw + 3 * i * L.Count, L.Count);
        }
    }

    // Bᵀ: rows (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0), (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine<L>(L d0, L d1, L d2, L d3, L d4, L d5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L four = L.Broadcast(4), minusFour = L.Broadcast(-4), minusFive = L.Broadcast(-5), two = L.Broadcast(2);
        L.FusedMultiplyAdd(four, d0, L.FusedMultiplyAdd(minusFive, d2, d4)).Store(to);
        L even = L.FusedMultiplyAdd(minusFour, d2, d4), odd = L.FusedMultiplyAdd(minusFour, d1, d3);
        (even + odd).Store(to + stride);
        (even - odd).Store(to + 2 * stride);
        even = d4 - d2;
        odd = two * (d3 - d1);
        (even + odd).Store(to + 3 * stride);
        (even - odd).Store(to + 4 * stride);
        L.FusedMultiplyAdd(four, d1, L.FusedMultiplyAdd(minusFive, d3, d5)).Store(to + 5 * stride);
    }

    // Aᵀ: rows (1 1 1 1 1 0), (0 1 -1 2 -2 0), (0 1 1 4 4 0), (0 1 -1 8 -8 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine<L>(L m0, L m1, L m2, L m3, L m4, L m5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L s = m1 + m2, d = m1 - m2, p = m3 + m4, q = m3 - m4;
        (m0 + s + p).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(2), q, d).Store(to + stride);
        L.FusedMultiplyAdd(L.Broadcast(4), p, s).Store(to + 2 * stride);
        L.FusedMultiplyAdd(L.Broadcast(8), q, d + m5).Store(to + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine<L>(L y0, L y1, L y2, L y3, float* to, nint stride) where L : struct, ILanes<L>
    {
        y0.Store(to);
        L even = y0 + y2, odd = y1 + y3;
        (even + odd).Store(to + stride);
        (even - odd).Store(to + 2 * stride);
        even = L.FusedMultiplyAdd(L.Broadcast(4), y2, y0);
        odd = L.FusedMultiplyAdd(L.Broadcast(8), y3, y1 + y1);
        (even + odd).Store(to + 3 * stride);
        (even - odd).Store(to + 4 * stride);
        y3.Store(to + 5 * stride);
    }

    // G: rows (1/4 0 0), (-1/6 -1/6 -1/6), (-1/6 1/6 -1/6), (1/24 1/12 1/6), (1/24 -1/12 1/6), (0 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine<L>(L w0, L w1, L w2, float* to, nint stride) where L : struct, ILanes<L>
    {
        L sixth = L.Broadcast(1f / 6);
        (L.Broadcast(0.25f) * w0).Store(to);
        L even = L.Broadcast(-1f / 6) * (w0 + w2), odd = sixth * w1;
        (even - odd).Store(to + stride);
        (even + odd).Store(to + 2 * stride);
        even = L.FusedMultiplyAdd(L.Broadcast(1f / 24), w0, sixth * w2);
        odd = L.Broadcast(1f / 12) * w1;
        (even + odd).Store(to + 3 * stride);
        (even - odd).Store(to + 4 * stride);
        w2.Store(to + 5 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightGradientLine<L>(L u0, L u1, L u2, L u3, L u4, L u5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L minusSixth = L.Broadcast(-1f / 6), s = minusSixth * (u1 + u2), p = u3 + u4;
        L.FusedMultiplyAdd(L.Broadcast(0.25f), u0, L.FusedMultiplyAdd(L.Broadcast(1f / 24), p, s)).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(1f / 12), u3 - u4, minusSixth * (u1 - u2)).Store(to + stride);
        (L.FusedMultiplyAdd(L.Broadcast(1f / 6), p, s) + u5).Store(to + 2 * stride);
    }
}
