using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging;

/// <summary>Lays straight alpha over one colour: y = (x·a + background·(255 - a)) / 255, rounded to nearest.</summary>
internal static class AlphaBlend
{
    /// <param name="rgba">[pixels, 4].</param>
    /// <param name="background">The colour below.</param>
    /// <param name="rgb">Receives [pixels, 3].</param>
    public static void Over(ReadOnlySpan<byte> rgba, (byte Red, byte Green, byte Blue) background, Span<byte> rgb)
    {
        int s = 0, d = 0;
        Vector128<ushort> below = Vector128.Create(
            (ushort)background.Red,
            background.Green,
            background.Blue,
            0,
            background.Red,
            background.Green,
            background.Blue,
            0
        );
        // Four pixels at a time; four bytes too many are stored, which the next ones overwrite.
        for (; s + 16 <= rgba.Length && d + 16 <= rgb.Length; s += 16, d += 12)
        {
            Vector128<byte> pixels = Vector128.Create(rgba[s..]);
            Vector128<byte> alphas = Vector128.Shuffle(
                pixels,
                Vector128.Create((byte)3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15)
            );
            Vector128<ushort> low = Mix(Vector128.WidenLower(pixels), below, Vector128.WidenLower(alphas));
            Vector128<ushort> high = Mix(Vector128.WidenUpper(pixels), below, Vector128.WidenUpper(alphas));
            Vector128
                .Shuffle(Vector128.Narrow(low, high), Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15))
                .CopyTo(rgb[d..]);
        }
        for (; s + 4 <= rgba.Length && d + 3 <= rgb.Length; s += 4, d += 3)
        {
            int alpha = rgba[s + 3];
            rgb[d] = Mix(rgba[s], background.Red, alpha);
            rgb[d + 1] = Mix(rgba[s + 1], background.Green, alpha);
            rgb[d + 2] = Mix(rgba[s + 2], background.Blue, alpha);
        }
    }

    /// <summary>The same of colours that are multiplied with their alpha already.</summary>
    /// <param name="pixels">[pixels, 4], colours and alpha.</param>
    /// <param name="blueFirst">BGRA, else RGBA.</param>
    /// <param name="background">The colour below.</param>
    /// <param name="rgb">Receives [pixels, 3].</param>
    public static void OverPremultiplied(
        ReadOnlySpan<byte> pixels, bool blueFirst, (byte Red, byte Green, byte Blue) background, Span<byte> rgb)
    {
        int red = blueFirst ? 2 : 0, blue = 2 - red;
        for (int s = 0, d = 0; s + 4 <= pixels.Length && d + 3 <= rgb.Length; s += 4, d += 3)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(s, 4);
            int beside = 255 - pixel[3];
            rgb[d] = Add(pixel[red], background.Red, beside);
            rgb[d + 1] = Add(pixel[1], background.Green, beside);
            rgb[d + 2] = Add(pixel[blue], background.Blue, beside);
        }
    }

    // A colour that is larger than its alpha has no meaning: it is cut.
    private static byte Add(int sample, int background, int beside) => (byte)Math.Min(255, sample + (background * beside + 127) / 255);

    private static byte Mix(int sample, int background, int alpha) =>
        (byte)((sample * alpha + background * (255 - alpha) + 127) / 255);

    // v / 255 is (v + 1 + (v >> 8)) >> 8 for all v below 65535.
    private static Vector128<ushort> Mix(Vector128<ushort> samples, Vector128<ushort> background, Vector128<ushort> alphas)
    {
        Vector128<ushort> v = (samples * alphas) + (background * (Vector128.Create((ushort)255) - alphas)) + Vector128.Create((ushort)127);
        return (v + Vector128<ushort>.One + (v >>> 8)) >>> 8;
    }
}
