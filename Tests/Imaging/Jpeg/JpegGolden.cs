using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

/// <summary>
/// NAME.jpg and NAME.png in Golden, and NAME-SCALE.png where it is also decoded at 1/SCALE; golden.py there makes them with Pillow.
/// </summary>
internal static class JpegGolden
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Imaging", "Jpeg", "Golden");

    public static IEnumerable<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.jpg").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    public static IEnumerable<(string Name, int Scale)> Reduced =>
        from name in Names from scale in (int[])[2, 4, 8] where File.Exists(PngPath($"{name}-{scale}")) select (name, scale);

    public static byte[] Encoded(string name) => File.ReadAllBytes(Path.Combine(Folder, $"{name}.jpg"));

    public static Image Expected(string name, int scale = 1) =>
        PngDecoder.Decode(File.ReadAllBytes(PngPath(scale == 1 ? name : $"{name}-{scale}")), ImageReaderOptions.Default);

    private static string PngPath(string name) => Path.Combine(Folder, $"{name}.png");
}
