using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Support;

/// <summary>Small pictures of noise.</summary>
internal static class Pictures
{
    /// <summary>A PNG file, another one for each seed.</summary>
    public static byte[] Png(int seed)
    {
        byte[] pixels = new byte[12 * 10 * 3];
        new Random(seed).NextBytes(pixels);
        return PngEncoder.Encode(new Image(12, 10, 3, pixels));
    }

    /// <summary>Writes one; missing folders are created.</summary>
    /// <returns>The path.</returns>
    public static string Write(string path, int seed = 1)
    {
        AtomicFile.Write(path, s => s.Write(Png(seed)));
        return path;
    }
}
