using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Smooths the edges of macroblocks and subblocks (RFC 6386, section 15), in place, once the whole frame is predicted.</summary>
internal static class LoopFilter
{
    private const int LumaSize = 16;
    private const int ChromaSize = 8;
    private const int Subblock = 4;
    private const int HalfEdge = 8;

    // The edge between macroblocks tolerates larger steps than those inside.
    private const int MacroblockEdgeBonus = 4;

    /// <param name="picture">All three planes.</param>
    /// <param name="strengths">A macroblock each, in scan order.</param>
    /// <param name="simple">The filter of the lower profiles, which leaves chroma alone.</param>
    public static void Apply(YuvPicture picture, ReadOnlySpan<FilterStrength> strengths, bool simple)
    {
        int across = picture.Y.Width / LumaSize;
        for (int i = 0; i < strengths.Length; i++)
        {
            FilterStrength strength = strengths[i];
            if (strength.EdgeLimit == 0) continue;
            (int row, int column) = Math.DivRem(i, across);
            FilterLuma(picture.Y, column * LumaSize, row * LumaSize, strength, simple);
            if (!simple) FilterChroma(picture, column * ChromaSize, row * ChromaSize, strength);
        }
    }

    private static void FilterLuma(Plane plane, int x, int y, FilterStrength strength, bool simple)
    {
        for (int edge = x > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? LumaSize : 1); edge += Subblock)
        {
            ref byte start = ref plane.Samples[plane.At(x + edge - Subblock, y)];
            FilterColumns(ref start, ref Unsafe.Add(ref start, HalfEdge * plane.Stride), plane.Stride, edge, strength, simple);
        }
        for (int edge = y > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? LumaSize : 1); edge += Subblock)
        {
            ref byte below = ref plane.Samples[plane.At(x, y + edge)];
            FilterRows(ref below, ref Unsafe.Add(ref below, HalfEdge), plane.Stride, edge, strength, simple);
        }
    }

    private static void FilterChroma(YuvPicture picture, int x, int y, FilterStrength strength)
    {
        Plane u = picture.U;
        Plane v = picture.V;
        for (int edge = x > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? ChromaSize : 1); edge += Subblock)
        {
            int start = u.At(x + edge - Subblock, y);
            FilterColumns(ref u.Samples[start], ref v.Samples[start], u.Stride, edge, strength, simple: false);
        }
        for (int edge = y > 0 ? 0 : Subblock; edge < (strength.InnerEdges ? ChromaSize : 1); edge += Subblock)
        {
            int below = u.At(x, y + edge);
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
