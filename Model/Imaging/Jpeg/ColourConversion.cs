using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>What the components of a picture mean.</summary>
internal enum ColourModel
{
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

/// <summary>From component rows to RGB, ITU-R BT.601 at full range (JFIF 1.02), in 16-bit fixed point.</summary>
internal static class ColourConversion
{
    private const int Half = 1 << 15, RedCr = 91881, GreenCb = 22554, GreenCr = 46802, BlueCb = 116130; // 1.402, 0.344136, 0.714136, 1.772 times 2¹⁶

    /// <summary>Y, Cb and Cr to interleaved RGB.</summary>
    public static void YCbCr(ReadOnlySpan<byte> y, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> rgb)
    {
        int width = rgb.Length / 3, i = 0;
        ref byte py = ref MemoryMarshal.GetReference(y), pb = ref MemoryMarshal.GetReference(cb), pr = ref MemoryMarshal.GetReference(cr), to = ref MemoryMarshal.GetReference(rgb);
        Span<int> r = stackalloc int[8], g = stackalloc int[8], b = stackalloc int[8];
        for (; i + 8 <= width; i += 8)
        {
            Vector256<int> luma = Widen(ref py, i), blue = Widen(ref pb, i) - Vector256.Create(128), red = Widen(ref pr, i) - Vector256.Create(128);
            Clamp(luma + (red * RedCr + Vector256.Create(Half) >> 16)).CopyTo(r);
            Clamp(luma + (blue * -GreenCb + red * -GreenCr + Vector256.Create(Half) >> 16)).CopyTo(g);
            Clamp(luma + (blue * BlueCb + Vector256.Create(Half) >> 16)).CopyTo(b);
            for (int k = 0; k < 8; k++)
            {
                ref byte pixel = ref Unsafe.Add(ref to, 3 * (i + k));
                pixel = (byte)r[k];
                Unsafe.Add(ref pixel, 1) = (byte)g[k];
                Unsafe.Add(ref pixel, 2) = (byte)b[k];
            }
        }
        for (; i < width; i++) (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = Pixel(y[i], cb[i], cr[i]);
    }

    /// <summary>Four components to interleaved RGB; inverted ink as Adobe writes it, which all common readers assume.</summary>
    public static void Inks(ReadOnlySpan<byte> c, ReadOnlySpan<byte> m, ReadOnlySpan<byte> y, ReadOnlySpan<byte> k, bool ycck, Span<byte> rgb)
    {
        for (int i = 0; i < rgb.Length / 3; i++)
        {
            (int cyan, int magenta, int yellow) = (c[i], m[i], y[i]);
            if (ycck)
            {
                (byte red, byte green, byte blue) = Pixel(c[i], m[i], y[i]);
                (cyan, magenta, yellow) = (255 - red, 255 - green, 255 - blue);
            }
            int white = k[i]; // inverted: 255 is no black
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (Ink(cyan, white), Ink(magenta, white), Ink(yellow, white));
        }
    }

    // white - (255 - ink) · white / 255, rounded as Pillow does
    private static byte Ink(int ink, int white)
    {
        int product = (255 - ink) * white + 128;
        return (byte)Math.Clamp(white - (product + (product >> 8) >> 8), 0, 255);
    }

    private static (byte, byte, byte) Pixel(int y, int cb, int cr)
    {
        (cb, cr) = (cb - 128, cr - 128);
        return ((byte)Math.Clamp(y + (RedCr * cr + Half >> 16), 0, 255), (byte)Math.Clamp(y + (-GreenCb * cb - GreenCr * cr + Half >> 16), 0, 255),
            (byte)Math.Clamp(y + (BlueCb * cb + Half >> 16), 0, 255));
    }

    private static Vector256<int> Widen(ref byte p, int i)
    {
        Vector128<ushort> words = Vector128.WidenLower(Vector64.LoadUnsafe(ref p, (nuint)i).ToVector128());
        return Vector256.WidenLower(words.ToVector256()).AsInt32();
    }

    private static Vector256<int> Clamp(Vector256<int> v) => Vector256.Min(Vector256.Max(v, Vector256<int>.Zero), Vector256.Create(255));
}
