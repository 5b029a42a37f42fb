using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>F(4x4, 3x3) with the points 0, 1, -1, 2, -2, ∞: Lavin and Gray 2015, section 4.3; 36 products for 16 outputs.</summary>
/// <remarks>The constants reach 8, so the result loses about a digit against direct summation: relative to the largest output the error
/// against float64 stays under 1e-5 (tests), which neither training nor prediction notices.</remarks>
internal readonly unsafe struct WinogradTile4x4 : IWinogradTile
{
    public static int Out => 4;

    public static int In => 6;

    // Bᵀ: rows (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0), (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine<L>(L d0, L d1, L d2, L d3, L d4, L d5, float* to, nint stride) where L : struct, ILanes<L>
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
    public static void OutputLine<L>(L m0, L m1, L m2, L m3, L m4, L m5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L s = m1 + m2, d = m1 - m2, p = m3 + m4, q = m3 - m4;
        (m0 + s + p).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(2), q, d).Store(to + stride);
        L.FusedMultiplyAdd(L.Broadcast(4), p, s).Store(to + 2 * stride);
        L.FusedMultiplyAdd(L.Broadcast(8), q, d + m5).Store(to + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GradientLine<L>(L y0, L y1, L y2, L y3, float* to, nint stride) where L : struct, ILanes<L>
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
    public static void WeightLine<L>(L w0, L w1, L w2, float* to, nint stride) where L : struct, ILanes<L>
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
    public static void WeightGradientLine<L>(L u0, L u1, L u2, L u3, L u4, L u5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L minusSixth = L.Broadcast(-1f / 6), s = minusSixth * (u1 + u2), p = u3 + u4;
        L.FusedMultiplyAdd(L.Broadcast(0.25f), u0, L.FusedMultiplyAdd(L.Broadcast(1f / 24), p, s)).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(1f / 12), u3 - u4, minusSixth * (u1 - u2)).Store(to + stride);
        (L.FusedMultiplyAdd(L.Broadcast(1f / 6), p, s) + u5).Store(to + 2 * stride);
    }
}
