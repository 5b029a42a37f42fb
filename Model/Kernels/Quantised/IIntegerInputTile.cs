using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// Bᵀ of a Winograd tile on vectors of shorts, exact: the same integers as <see cref="Convolution.IWinogradTile.InputLine"/>.
/// </summary>
internal unsafe interface IIntegerInputTile
{
    /// <summary>
    /// Bᵀ d: to the points, stored <paramref name="stride"/> groups apart. A tile narrower than six ignores the last argument.
    /// </summary>
    static abstract void InputLine<I, L>(I d0, I d1, I d2, I d3, I d4, I d5, int* to, nint stride)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>;
}

/// <summary>
/// For F(4x4, 3x3): rows (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0), (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1).
/// </summary>
internal readonly unsafe struct IntegerInputTile4x4 : IIntegerInputTile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine<I, L>(I d0, I d1, I d2, I d3, I d4, I d5, int* to, nint stride)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
    {
        I.AddShorts(Four<I, L>(I.SubtractShorts(d0, d2)), I.SubtractShorts(d4, d2)).Store(to);
        I even = I.SubtractShorts(d4, Four<I, L>(d2)), odd = I.SubtractShorts(d3, Four<I, L>(d1));
        I.AddShorts(even, odd).Store(to + stride);
        I.SubtractShorts(even, odd).Store(to + 2 * stride);
        even = I.SubtractShorts(d4, d2);
        odd = I.SubtractShorts(d3, d1);
        odd = I.AddShorts(odd, odd);
        I.AddShorts(even, odd).Store(to + 3 * stride);
        I.SubtractShorts(even, odd).Store(to + 4 * stride);
        I.AddShorts(Four<I, L>(I.SubtractShorts(d1, d3)), I.SubtractShorts(d5, d3)).Store(to + 5 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Four<I, L>(I a) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
    {
        I two = I.AddShorts(a, a);
        return I.AddShorts(two, two);
    }
}

/// <summary>For F(3x3, 3x3): rows (2 -1 -2 1 0), (0 -2 -1 1 0), (0 2 -3 1 0), (0 -1 0 1 0), (0 2 -1 -2 1).</summary>
internal readonly unsafe struct IntegerInputTile3x3 : IIntegerInputTile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputLine<I, L>(I d0, I d1, I d2, I d3, I d4, I d5, int* to, nint stride)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
    {
        I difference = I.SubtractShorts(d3, d1),
            outer = I.SubtractShorts(d0, d2),
            twice = I.AddShorts(d1, d1),
            rest = I.SubtractShorts(d3, d2);
        I.AddShorts(I.AddShorts(outer, outer), difference).Store(to);
        I.SubtractShorts(rest, twice).Store(to + stride);
        I.AddShorts(I.SubtractShorts(rest, I.AddShorts(d2, d2)), twice).Store(to + 2 * stride);
        difference.Store(to + 3 * stride);
        I.SubtractShorts(I.SubtractShorts(d4, d2), I.AddShorts(difference, difference)).Store(to + 4 * stride);
    }
}
