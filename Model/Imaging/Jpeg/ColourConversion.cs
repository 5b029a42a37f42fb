using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Rows of component samples to interleaved RGB. YCbCr is that of JFIF (ITU-R BT.601 at full range) in 16-bit fixed point, rounded
/// as in libjpeg: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb, with Cb and Cr less 128.
/// </summary>
internal static unsafe class ColourConversion
{
    private const int Half = 1 << 15;
    private const int RedOfCr = 91881;
    private const int GreenOfCb = -22554;
    private const int GreenOfCr = -46802;
    private const int BlueOfCb = 116130;

    /// <summary>Converts a row.</summary>
    /// <param name="rows">First samples of 3 components, or 4.</param>
    /// <param name="space">Any but grey.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="target">3 bytes a pixel; nothing is written past them.</param>
    public static void ToRgb(byte** rows, ColourSpace space, int width, byte* target)
    {
        if (space is ColourSpace.YCbCr or ColourSpace.Ycck) FromYCbCr(rows[0], rows[1], rows[2], width, target);
        else Interleave(rows[0], rows[1], rows[2], width, target);
        if (space is ColourSpace.Cmyk or ColourSpace.Ycck) ApplyBlack(rows[3], space == ColourSpace.Cmyk, width, target);
    }

    internal static void FromYCbCr(byte* luma, byte* blue, byte* red, int width, byte* target)
    {
        if (!Avx2.IsSupported || width < Vector256<byte>.Count)
        {
            FromYCbCrScalar(luma, blue, red, width, target);
            return;
        }
        for (int x = 0; ; x = Math.Min(x + Vector256<byte>.Count, width - Vector256<byte>.Count))
        {
            FromYCbCr(luma + x, blue + x, red + x, out Vector256<short> r0, out Vector256<short> g0, out Vector256<short> b0);
            FromYCbCr(
                luma + x + 16,
                blue + x + 16,
                red + x + 16,
                out Vector256<short> r1,
                out Vector256<short> g1,
                out Vector256<short> b1
            );
            StoreInterleaved(Packed(r0, r1), Packed(g0, g1), Packed(b0, b1), target + 3 * x);
            if (x == width - Vector256<byte>.Count) return;
        }
    }

    internal static void FromYCbCrScalar(byte* luma, byte* blue, byte* red, int width, byte* target)
    {
        for (int x = 0; x < width; x++, target += 3)
        {
            (int y, int cb, int cr) = (luma[x], blue[x] - 128, red[x] - 128);
            target[0] = Clamped(y + ((RedOfCr * cr + Half) >> 16));
            target[1] = Clamped(y + ((GreenOfCb * cb + GreenOfCr * cr + Half) >> 16));
            target[2] = Clamped(y + ((BlueOfCb * cb + Half) >> 16));
        }
    }

    private static void Interleave(byte* red, byte* green, byte* blue, int width, byte* target)
    {
        int x = 0;
        if (Avx2.IsSupported)
        {
            for (; x + Vector256<byte>.Count <= width; x += Vector256<byte>.Count)
                StoreInterleaved(Vector256.Load(red + x), Vector256.Load(green + x), Vector256.Load(blue + x), target + 3 * x);
        }
        for (; x < width; x++) (target[3 * x], target[3 * x + 1], target[3 * x + 2]) = (red[x], green[x], blue[x]);
    }

    /// <summary>Lets black ink darken the colours: v ← k - (255 - v) k / 255, with v and k 255 for no ink.</summary>
    private static void ApplyBlack(byte* black, bool asStored, int width, byte* target)
    {
        for (int x = 0; x < width; x++, target += 3)
        {
            int k = black[x];
            for (int c = 0; c < 3; c++)
            {
                int ink = 255 - target[c];
                // YCCK's colours come out of the conversion as ink, those of CMYK are stored without inversion of meaning.
                int product = (asStored ? ink : target[c]) * k + 128;
                target[c] = Clamped(k - ((product + (product >> 8)) >> 8));
            }
        }
    }

    /// <summary>16 pixels. Factors above 1/2 are split into whole and fraction so that 16-bit products suffice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FromYCbCr(byte* luma, byte* blue, byte* red, out Vector256<short> r, out Vector256<short> g, out Vector256<short> b)
    {
        Vector256<short> middle = Vector256.Create((short)128), y = Avx2.ConvertToVector256Int16(luma);
        Vector256<short> cb = Avx2.ConvertToVector256Int16(blue) - middle, cr = Avx2.ConvertToVector256Int16(red) - middle;
        r = y + cr + Product(cr, RedOfCr - 65536);
        b = y + cb + cb + Product(cb, BlueOfCb - 2 * 65536);
        Vector256<short> weights = Vector256.Create((GreenOfCb & 0xFFFF) | ((GreenOfCr + 65536) << 16)).AsInt16();
        Vector256<int> half = Vector256.Create(Half);
        Vector256<int> low = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(cb, cr), weights) + half) >> 16;
        Vector256<int> high = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(cb, cr), weights) + half) >> 16;
        g = y - cr + Avx2.PackSignedSaturate(low, high);

        // Rounded: the high half of the doubled product, plus one, halved.
        static Vector256<short> Product(Vector256<short> v, int factor) =>
            (Avx2.MultiplyHigh(v + v, Vector256.Create((short)factor)) + Vector256<short>.One) >> 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Packed(Vector256<short> first, Vector256<short> second) =>
        Avx2.Permute4x64(Avx2.PackUnsignedSaturate(first, second).AsUInt64(), 0b11_01_10_00).AsByte();

    /// <summary>32 pixels, 96 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreInterleaved(Vector256<byte> r, Vector256<byte> g, Vector256<byte> b, byte* target)
    {
        const byte o = 0x80;
        Vector256<byte> v0 = Take(r, Vector128.Create((byte)0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o, 5))
            | Take(g, Vector128.Create(o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o))
            | Take(b, Vector128.Create(o, o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o));
        Vector256<byte> v1 = Take(r, Vector128.Create(o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10, o))
            | Take(g, Vector128.Create((byte)5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10))
            | Take(b, Vector128.Create(o, 5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o));
        Vector256<byte> v2 = Take(r, Vector128.Create(o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o, o))
            | Take(g, Vector128.Create(o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o))
            | Take(b, Vector128.Create((byte)10, o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15));
        Vector256.Create(v0.GetLower(), v1.GetLower()).Store(target);
        Vector256.Create(v2.GetLower(), v0.GetUpper()).Store(target + 32);
        Vector256.Create(v1.GetUpper(), v2.GetUpper()).Store(target + 64);

        static Vector256<byte> Take(Vector256<byte> samples, Vector128<byte> places) =>
            Avx2.Shuffle(samples, Vector256.Create(places, places));
    }

    private static byte Clamped(int value) => (byte)Math.Clamp(value, 0, 255);
}
