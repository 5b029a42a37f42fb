using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>BT.601 in video range to RGB, with the fixed-point factors and truncations of libwebp.</summary>
internal static class YuvToRgb
{
    // Factors with 14 bits of fraction; products lose 8 bits, sums the other 6.
    private const int LumaFactor = 19077;
    private const int RedFromV = 26149;
    private const int GreenFromU = 6419;
    private const int GreenFromV = 13320;
    private const int BlueFromU = 33050;
    private const int RedOffset = -14234;
    private const int GreenOffset = 8708;
    private const int BlueOffset = -17685;
    private const int ProductShift = 8;
    private const int SumShift = 6;

    // Four pixels of 32 bits to four of 24; the last four bytes are of no use.
    private static readonly Vector128<byte> DropAlpha = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);

    /// <summary>Converts a row.</summary>
    /// <param name="luma">[width].</param>
    /// <param name="u">[width], upsampled.</param>
    /// <param name="v">[width], upsampled.</param>
    /// <param name="alpha">[width], or empty.</param>
    /// <param name="target">Receives [width, 3], or [width, 4] with alpha.</param>
    public static void Convert(
        ReadOnlySpan<byte> luma,
        ReadOnlySpan<byte> u,
        ReadOnlySpan<byte> v,
        ReadOnlySpan<byte> alpha,
        Span<byte> target
    )
    {
        if (alpha.IsEmpty) RowToRgb(luma, u, v, target);
        else RowToRgba(luma, u, v, alpha, target);
    }

    private static void RowToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, Span<byte> target)
    {
        int x = 0;
        // Each half is stored with four bytes too many, which the next one overwrites.
        for (; x + 8 <= luma.Length && 3 * x + 28 <= target.Length; x += 8)
        {
            Vector256<byte> pixels = Eight(luma, u, v, x).AsByte();
            Span<byte> room = target.Slice(3 * x, 28);
            Vector128.Shuffle(pixels.GetLower(), DropAlpha).StoreUnsafe(ref MemoryMarshal.GetReference(room));
            Vector128.Shuffle(pixels.GetUpper(), DropAlpha).StoreUnsafe(ref MemoryMarshal.GetReference(room), 12);
        }
        for (; x < luma.Length; x++)
            (target[3 * x], target[3 * x + 1], target[3 * x + 2]) = One(luma[x], u[x], v[x]);
    }

    private static void RowToRgba(
        ReadOnlySpan<byte> luma,
        ReadOnlySpan<byte> u,
        ReadOnlySpan<byte> v,
        ReadOnlySpan<byte> alpha,
        Span<byte> target
    )
    {
        int x = 0;
        for (; x + 8 <= luma.Length; x += 8)
        {
            Vector256<int> pixels = Eight(luma, u, v, x) | Vector256.ShiftLeft(Widen(alpha, x), 24);
            pixels.AsByte().StoreUnsafe(ref MemoryMarshal.GetReference(target.Slice(4 * x, 32)));
        }
        for (; x < luma.Length; x++)
        {
            (target[4 * x], target[4 * x + 1], target[4 * x + 2]) = One(luma[x], u[x], v[x]);
            target[4 * x + 3] = alpha[x];
        }
    }

    /// <summary>Eight pixels as red, green, blue, 0 in memory order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Eight(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, int x)
    {
        Vector256<int> y = Product(Widen(luma, x), LumaFactor);
        Vector256<int> us = Widen(u, x);
        Vector256<int> vs = Widen(v, x);
        Vector256<int> red = Clamp(y + Product(vs, RedFromV) + Vector256.Create(RedOffset));
        Vector256<int> green = Clamp(y - Product(us, GreenFromU) - Product(vs, GreenFromV) + Vector256.Create(GreenOffset));
        Vector256<int> blue = Clamp(y + Product(us, BlueFromU) + Vector256.Create(BlueOffset));
        return red | Vector256.ShiftLeft(green, 8) | Vector256.ShiftLeft(blue, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(ReadOnlySpan<byte> row, int x)
    {
        Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(row[x..])).AsByte());
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(wide);
        return Vector256.Create(lower, upper).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Product(Vector256<int> samples, int factor) =>
        Vector256.ShiftRightLogical(samples * Vector256.Create(factor), ProductShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Clamp(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(Vector256.ShiftRightArithmetic(sum, SumShift), Vector256<int>.Zero), Vector256.Create(255));

    private static (byte Red, byte Green, byte Blue) One(int luma, int u, int v)
    {
        int y = (luma * LumaFactor) >> ProductShift;
        return (
            Clamp(y + ((v * RedFromV) >> ProductShift) + RedOffset),
            Clamp(y - ((u * GreenFromU) >> ProductShift) - ((v * GreenFromV) >> ProductShift) + GreenOffset),
            Clamp(y + ((u * BlueFromU) >> ProductShift) + BlueOffset));
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> SumShift, 0, 255);
}
