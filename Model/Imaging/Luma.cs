using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging;

/// <summary>
/// ITU-R BT.601 luma: Y = 0.299 R + 0.587 G + 0.114 B, in 16-bit fixed point as Pillow's <c>convert("L")</c> has it, bit for bit.
/// The weights sum to 65536, so that grey stays what it is.
/// </summary>
internal static class Luma
{
    private const uint Red = 19595, Green = 38470, Blue = 7471, Half = 0x8000;

    /// <param name="rgb">[pixels, 3].</param>
    /// <param name="grey">Receives [pixels].</param>
    public static void FromRgb(ReadOnlySpan<byte> rgb, Span<byte> grey)
    {
        if (rgb.Length != 3L * grey.Length)
            throw new ArgumentException($"{grey.Length} grey pixels want {3L * grey.Length} RGB samples, got {rgb.Length}.", nameof(rgb));
        int i = 0;
        // 16 pixels are 48 bytes; the last of the four loads reads 4 bytes further.
        for (; i + 18 <= grey.Length; i += 16)
        {
            ref byte source = ref MemoryMarshal.GetReference(rgb[(3 * i)..]);
            Vector128<ushort> low = Vector128.Narrow(Four(ref source, 0), Four(ref source, 12));
            Vector128<ushort> high = Vector128.Narrow(Four(ref source, 24), Four(ref source, 36));
            Vector128.Narrow(low, high).CopyTo(grey[i..]);
        }
        for (; i < grey.Length; i++)
            grey[i] = (byte)((rgb[3 * i] * Red + rgb[3 * i + 1] * Green + rgb[3 * i + 2] * Blue + Half) >> 16);
    }

    private static Vector128<uint> Four(ref byte source, nuint offset)
    {
        Vector128<byte> v = Vector128.LoadUnsafe(ref source, offset);
        // An index beyond 15 yields zero: each shuffle widens one colour of four pixels to 32 bits.
        Vector128<uint> r = Vector128
            .Shuffle(v, Vector128.Create((byte)0, 255, 255, 255, 3, 255, 255, 255, 6, 255, 255, 255, 9, 255, 255, 255))
            .AsUInt32();
        Vector128<uint> g = Vector128
            .Shuffle(v, Vector128.Create((byte)1, 255, 255, 255, 4, 255, 255, 255, 7, 255, 255, 255, 10, 255, 255, 255))
            .AsUInt32();
        Vector128<uint> b = Vector128
            .Shuffle(v, Vector128.Create((byte)2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255))
            .AsUInt32();
        return (r * Red + g * Green + b * Blue + Vector128.Create(Half)) >>> 16;
    }
}
