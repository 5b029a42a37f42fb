using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>F(3x3, 3x3) with the points 0, 1, -1, 2, ∞: 25 products for 9 outputs, for planes that tiles of 4x4 would mostly overhang, such
/// as 6x6 (100 products instead of 144). Constants reach 4 only, so it loses less precision than F(4x4, 3x3).</summary>
internal readonly unsafe struct WinogradTile3x3 : IWinogradTile
{
    public static int Out => 3;

    public static int In => 5;

    // Bᵀ: rows (2 -1 -2 1 0), (0 -2 -1 1 0), (0 2 -3 1 0), (0 -1 0 1 0), (0 2 -1 -2 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine<L>(L d0, L d1, L d2, L d3, L d4, L d5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L two = L.Broadcast(2), difference = d3 - d1;
        L.FusedMultiplyAdd(two, d0 - d2, difference).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(-2), d1, d3 - d2).Store(to + stride);
        L.FusedMultiplyAdd(two, d1, L.FusedMultiplyAdd(L.Broadcast(-3), d2, d3)).Store(to + 2 * stride);
        difference.Store(to + 3 * stride);
        L.FusedMultiplyAdd(L.Broadcast(-2), difference, d4 - d2).Store(to + 4 * stride);
    }

    // Aᵀ: rows (1 1 1 1 0), (0 1 -1 2 0), (0 1 1 4 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine<L>(L m0, L m1, L m2, L m3, L m4, L m5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L sum = m1 + m2;
        (m0 + sum + m3).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(2), m3, m1 - m2).Store(to + stride);
        L.FusedMultiplyAdd(L.Broadcast(4), m3, sum + m4).Store(to + 2 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GradientLine<L>(L y0, L y1, L y2, L y3, float* to, nint stride) where L : struct, ILanes<L>
    {
        y0.Store(to);
        L even = y0 + y2;
        (even + y1).Store(to + stride);
        (even - y1).Store(to + 2 * stride);
        L.FusedMultiplyAdd(L.Broadcast(4), y2, L.FusedMultiplyAdd(L.Broadcast(2), y1, y0)).Store(to + 3 * stride);
        y2.Store(to + 4 * stride);
    }

    // G: rows (1/2 0 0), (-1/2 -1/2 -1/2), (-1/6 1/6 -1/6), (1/6 1/3 2/3), (0 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightLine<L>(L w0, L w1, L w2, float* to, nint stride) where L : struct, ILanes<L>
    {
        L sixth = L.Broadcast(1f / 6), even = w0 + w2;
        (L.Broadcast(0.5f) * w0).Store(to);
        (L.Broadcast(-0.5f) * (even + w1)).Store(to + stride);
        (sixth * (w1 - even)).Store(to + 2 * stride);
        L.FusedMultiplyAdd(sixth, w0, L.FusedMultiplyAdd(L.Broadcast(1f / 3), w1, L.Broadcast(2f / 3) * w2)).Store(to + 3 * stride);
        w2.Store(to + 4 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradientLine<L>(L u0, L u1, L u2, L u3, L u4, L u5, float* to, nint stride) where L : struct, ILanes<L>
    {
        L half = L.Broadcast(-0.5f) * u1, sixth = L.Broadcast(1f / 6) * u2;
        L.FusedMultiplyAdd(L.Broadcast(0.5f), u0, L.FusedMultiplyAdd(L.Broadcast(1f / 6), u3, half - sixth)).Store(to);
        L.FusedMultiplyAdd(L.Broadcast(1f / 3), u3, half + sixth).Store(to + stride);
        (L.FusedMultiplyAdd(L.Broadcast(2f / 3), u3, half - sixth) + u4).Store(to + 2 * stride);
    }
}
