namespace EmotionMLNet.Imaging;

/// <summary>Lays straight alpha over one colour: y = (x·a + background·(255 - a)) / 255, rounded to nearest.</summary>
internal static class AlphaBlend
{
    /// <summary>RGBA [Height, Width, 4] over a background gives RGB [Height, Width, 3].</summary>
    public static Image Over(Image image, (byte Red, byte Green, byte Blue) background)
    {
        byte[] rgb = GC.AllocateUninitializedArray<byte>(image.Width * image.Height * 3);
        ReadOnlySpan<byte> source = image.Pixels;
        for (int s = 0, d = 0; s + 4 <= source.Length && d + 3 <= rgb.Length; s += 4, d += 3)
        {
            int alpha = source[s + 3];
            if (alpha == 255)
            {
                (rgb[d], rgb[d + 1], rgb[d + 2]) = (source[s], source[s + 1], source[s + 2]);
                continue;
            }
            rgb[d] = Mix(source[s], background.Red, alpha);
            rgb[d + 1] = Mix(source[s + 1], background.Green, alpha);
            rgb[d + 2] = Mix(source[s + 2], background.Blue, alpha);
        }
        return new Image(image.Width, image.Height, 3, rgb);
    }

    private static byte Mix(int sample, int background, int alpha) =>
        (byte)((sample * alpha + background * (255 - alpha) + 127) / 255);
}
