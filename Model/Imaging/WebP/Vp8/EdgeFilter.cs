using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>
/// The three edge filters (RFC 6386, sections 15.2 and 15.3) on sixteen places at once, in saturating 8-bit arithmetic.
/// They return false where no place needs filtering.
/// </summary>
internal static class EdgeFilter
{
    /// <summary>The simple filter: changes one pixel on each side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Simple(ref EdgePixels edge, int edgeLimit)
    {
        Vector128<byte> mask = SmallStep(edge, edgeLimit);
        if (mask == Vector128<byte>.Zero) return false;
        (Vector128<sbyte> p0, Vector128<sbyte> q0) = (Signed(edge.P0), Signed(edge.Q0));
        Vector128<sbyte> step = Step(Signed(edge.P1), p0, q0, Signed(edge.Q1)) & mask.AsSByte();
        edge.P0 = Unsigned(Vector128.AddSaturate(p0, Rounded(step, 3)));
        edge.Q0 = Unsigned(Vector128.SubtractSaturate(q0, Rounded(step, 4)));
        return true;
    }

    /// <summary>The normal filter inside a macroblock: changes up to two pixels on each side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Inner(ref EdgePixels edge, int edgeLimit, FilterStrength strength)
    {
        Vector128<byte> mask = SmallStep(edge, edgeLimit) & Smooth(edge, strength.InteriorLimit);
        if (mask == Vector128<byte>.Zero) return false;
        Vector128<sbyte> highVariance = HighVariance(edge, strength.HighVariance);
        (Vector128<sbyte> p1, Vector128<sbyte> p0, Vector128<sbyte> q0, Vector128<sbyte> q1) =
            (Signed(edge.P1), Signed(edge.P0), Signed(edge.Q0), Signed(edge.Q1));
        Vector128<sbyte> outer = Vector128.SubtractSaturate(p1, q1) & highVariance;
        Vector128<sbyte> step = AddThrice(outer, Vector128.SubtractSaturate(q0, p0)) & mask.AsSByte();
        Vector128<sbyte> onQ = Rounded(step, 4);
        edge.P0 = Unsigned(Vector128.AddSaturate(p0, Rounded(step, 3)));
        edge.Q0 = Unsigned(Vector128.SubtractSaturate(q0, onQ));
        Vector128<sbyte> half = Vector128.AndNot(Vector128.ShiftRightArithmetic(onQ + Vector128<sbyte>.One, 1), highVariance);
        edge.P1 = Unsigned(Vector128.AddSaturate(p1, half));
        edge.Q1 = Unsigned(Vector128.SubtractSaturate(q1, half));
        return true;
    }

    /// <summary>The normal filter between macroblocks: changes up to three pixels on each side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Macroblock(ref EdgePixels edge, int edgeLimit, FilterStrength strength)
    {
        Vector128<byte> mask = SmallStep(edge, edgeLimit) & Smooth(edge, strength.InteriorLimit);
        if (mask == Vector128<byte>.Zero) return false;
        Vector128<sbyte> highVariance = HighVariance(edge, strength.HighVariance);
        (Vector128<sbyte> p1, Vector128<sbyte> p0, Vector128<sbyte> q0, Vector128<sbyte> q1) =
            (Signed(edge.P1), Signed(edge.P0), Signed(edge.Q0), Signed(edge.Q1));
        Vector128<sbyte> step = Step(p1, p0, q0, q1) & mask.AsSByte();
        // Detail is treated as by the simple filter, ...
        Vector128<sbyte> detail = step & highVariance;
        p0 = Vector128.AddSaturate(p0, Rounded(detail, 3));
        q0 = Vector128.SubtractSaturate(q0, Rounded(detail, 4));
        // ... smooth places get 27/128, 18/128 and 9/128 of the step.
        Vector128<sbyte> smooth = Vector128.AndNot(step, highVariance);
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(smooth);
        Vector128<short> nine = Vector128.Create((short)9);
        Vector128<short> rounding = Vector128.Create((short)63);
        (lower, upper) = (lower * nine, upper * nine);
        (Vector128<short> lowerSum, Vector128<short> upperSum) = (lower + rounding, upper + rounding);
        Vector128<sbyte> third = ShiftBySeven(lowerSum, upperSum);
        (lowerSum, upperSum) = (lowerSum + lower, upperSum + upper);
        Vector128<sbyte> second = ShiftBySeven(lowerSum, upperSum);
        (lowerSum, upperSum) = (lowerSum + lower, upperSum + upper);
        Vector128<sbyte> first = ShiftBySeven(lowerSum, upperSum);
        edge.P2 = Unsigned(Vector128.AddSaturate(Signed(edge.P2), third));
        edge.P1 = Unsigned(Vector128.AddSaturate(p1, second));
        edge.P0 = Unsigned(Vector128.AddSaturate(p0, first));
        edge.Q0 = Unsigned(Vector128.SubtractSaturate(q0, first));
        edge.Q1 = Unsigned(Vector128.SubtractSaturate(q1, second));
        edge.Q2 = Unsigned(Vector128.SubtractSaturate(Signed(edge.Q2), third));
        return true;
    }

    /// <summary>2·|p0 - q0| + |p1 - q1| / 2 is within the limit: the step is an artefact and no contour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> SmallStep(in EdgePixels edge, int limit)
    {
        Vector128<byte> inner = Difference(edge.P0, edge.Q0);
        Vector128<byte> outer = Vector128.ShiftRightLogical(Difference(edge.P1, edge.Q1), 1);
        return AtMost(Vector128.AddSaturate(Vector128.AddSaturate(inner, inner), outer), (byte)limit);
    }

    /// <summary>No neighbours on one side of the edge differ by more than the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Smooth(in EdgePixels edge, byte limit)
    {
        Vector128<byte> before = Vector128.Max(
            Vector128.Max(Difference(edge.P3, edge.P2), Difference(edge.P2, edge.P1)),
            Difference(edge.P1, edge.P0)
        );
        Vector128<byte> behind = Vector128.Max(
            Vector128.Max(Difference(edge.Q3, edge.Q2), Difference(edge.Q2, edge.Q1)),
            Difference(edge.Q1, edge.Q0)
        );
        return AtMost(Vector128.Max(before, behind), limit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> HighVariance(in EdgePixels edge, byte threshold) =>
        ~AtMost(Vector128.Max(Difference(edge.P1, edge.P0), Difference(edge.Q1, edge.Q0)), threshold).AsSByte();

    /// <summary>clamp(p1 - q1) + 3·(q0 - p0), clamped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Step(Vector128<sbyte> p1, Vector128<sbyte> p0, Vector128<sbyte> q0, Vector128<sbyte> q1) =>
        AddThrice(Vector128.SubtractSaturate(p1, q1), Vector128.SubtractSaturate(q0, p0));

    // Saturating each sum gives the clamped exact result: once at a bound, adding the same sign stays there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> AddThrice(Vector128<sbyte> a, Vector128<sbyte> b) =>
        Vector128.AddSaturate(Vector128.AddSaturate(Vector128.AddSaturate(a, b), b), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Rounded(Vector128<sbyte> step, sbyte rounding) =>
        Vector128.ShiftRightArithmetic(Vector128.AddSaturate(step, Vector128.Create(rounding)), 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> ShiftBySeven(Vector128<short> lower, Vector128<short> upper) =>
        Vector128.Narrow(Vector128.ShiftRightArithmetic(lower, 7), Vector128.ShiftRightArithmetic(upper, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Difference(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b) - Vector128.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> AtMost(Vector128<byte> value, byte limit) =>
        Vector128.Equals(Vector128.Min(value, Vector128.Create(limit)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Signed(Vector128<byte> pixels) => (pixels ^ Vector128.Create((byte)0x80)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Unsigned(Vector128<sbyte> pixels) => pixels.AsByte() ^ Vector128.Create((byte)0x80);
}
