using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Support;

/// <summary>
/// A photograph of two classes for <see cref="SpotDetector"/>: a disc with a grey mark to its left or right, and the same marks all over
/// the rest. Only who looks at the disc can tell the class.
/// </summary>
internal static class MarkedScene
{
        /// <summary>Writes one.</summary>
    /// <param name="path">The file, a PNG.</param>
    /// <param name="random">Places the disc and the marks.</param>
    /// <param name="isLeft">The class; null leaves the disc away.</param>
    public static void Write(string path, Random random, bool? isLeft)
    {
        int x = random.Next(50, SpotDetector.Width - 50), y = random.Next(40, SpotDetector.Height - 40);
        Image image = isLeft is null ? SpotDetector.Picture() : SpotDetector.Picture((x, y));
        byte[] pixels = [.. image.Pixels];
        if (isLeft is { } left) Mark(left ? x - 19 : x + 19, y);
        for (int i = 0; i < 6; i++)
        {
            int mx = random.Next(6, SpotDetector.Width - 6), my = random.Next(6, SpotDetector.Height - 6);
            if (isLeft is null || Math.Max(Math.Abs(mx - x), Math.Abs(my - y)) > 34) Mark(mx, my);
        }
        byte[] png = PngEncoder.Encode(new Image(SpotDetector.Width, SpotDetector.Height, 3, pixels));
        AtomicFile.Write(path, s => s.Write(png));

        void Mark(int mx, int my)
        {
            for (int dy = -3; dy <= 3; dy++)
                for (int dx = -3; dx <= 3; dx++) pixels.AsSpan(((my + dy) * SpotDetector.Width + mx + dx) * 3, 3).Fill(110);
        }
    }
}
