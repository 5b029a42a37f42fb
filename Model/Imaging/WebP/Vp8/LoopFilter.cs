using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>
/// Smooths the edges of macroblocks and subblocks (RFC 6386, section 15), in place, a row of macroblocks at a time once it is predicted.
/// </summary>
internal static class LoopFilter
{
    private const int LumaSize = 16;
    private const int ChromaSize = 8;
    private const int Subblock = 4;
    private const int HalfEdge = 8;

    // The edge between macroblocks tolerates larger steps than those inside.
    private const int MacroblockEdgeBonus = 4;

    /// <summary>Filters the present row and the last lines of the one before.</summary>
    /// <param name="picture">All three planes.</param>
    /// <param name="strengths">A macroblock of the row each.</param>
    /// <param name="hasAbove">Whether there is a row before.</param>
    /// <param name="simple">The filter of the lower profiles, which leaves chroma alone.</param>
    public static void Apply(YuvPicture picture, ReadOnlySpan<FilterStrength> strengths, bool hasAbove, bool simple)
    {
        for (int column = 0; column < strengths.Length; column++)
        {
            FilterStrength strength = strengths[column];
            if (strength.EdgeLimit == 0) continue;
            FilterLuma(picture.Y, column * LumaSize, hasAbove, strength, simple);
            if (!simple) FilterChroma(picture, column * ChromaSize, hasAbove, strength);
        }
    }

    private static void FilterLuma(Plane plane, int x, bool hasAbove, FilterStrength strength, bool simple)
    {
        for (int edge = x > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? LumaSize : 1); edge += Subblock)
        {
            ref byte start = ref plane.Samples[plane.At(x + edge - Subblock, LumaSize)];
            FilterColumns(ref start, ref Unsafe.Add(ref start, HalfEdge * plane.Stride), plane.Stride, edge, strength, simple);
        }
        for (int edge = hasAbove ? 0 : Subblock; edge < (strength.InnerEdges ? LumaSize : 1); edge += Subblock)
        {
            ref byte below = ref plane.Samples[plane.At(x, LumaSize + edge)];
            FilterRows(ref below, ref Unsafe.Add(ref below, HalfEdge), plane.Stride, edge, strength, simple);
        }
    }

    private static void FilterChroma(YuvPicture picture, int x, bool hasAbove, FilterStrength strength)
    {
        Plane u = picture.U;
        Plane v = picture.V;
        for (int edge = x > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? ChromaSize : 1); edge += Subblock)
        {
            int start = u.At(x + edge - Subblock, ChromaSize);
            FilterColumns(ref u.Samples[start], ref v.Samples[start], u.Stride, edge, strength, simple: false);
        }
        for (int edge = hasAbove ? 0 : Subblock; edge < (strength.InnerEdges ? ChromaSize : 1); edge += Subblock)
        {
            int below = u.At(x, ChromaSize + edge);
            FilterRows(ref u.Samples[below], ref v.Samples[below], u.Stride, edge, strength, simple: false);
        }
    }

    private static void FilterColumns(ref byte start, ref byte startUpper, int stride, int edge, FilterStrength strength, bool simple)
    {
        EdgePixels pixels = EdgePixels.LoadColumns(ref start, ref startUpper, stride);
        if (Filter(ref pixels, edge, strength, simple)) pixels.StoreColumns(ref start, ref startUpper, stride);
    }

    private static void FilterRows(ref byte below, ref byte belowUpper, int stride, int edge, FilterStrength strength, bool simple)
    {
        EdgePixels pixels = EdgePixels.LoadRows(ref below, ref belowUpper, stride);
        if (Filter(ref pixels, edge, strength, simple)) pixels.StoreRows(ref below, ref belowUpper, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Filter(ref EdgePixels pixels, int edge, FilterStrength strength, bool simple)
    {
        int limit = strength.EdgeLimit + (edge == 0 ? MacroblockEdgeBonus : 0);
        if (simple) return EdgeFilter.Simple(ref pixels, limit);
        return edge == 0 ? EdgeFilter.Macroblock(ref pixels, limit, strength) : EdgeFilter.Inner(ref pixels, limit, strength);
    }
}
