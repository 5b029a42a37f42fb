using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Imaging.WebP;

/// <summary>NAME.webp and NAME.png in Golden, which golden.py there makes with libwebp and Pillow.</summary>
internal static class WebPGolden
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Imaging", "WebP", "Golden");

    public static IEnumerable<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.webp").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    public static byte[] Encoded(string name) => File.ReadAllBytes(Path.Combine(Folder, $"{name}.webp"));

    public static Image Expected(string name) =>
        PngDecoder.Decode(File.ReadAllBytes(Path.Combine(Folder, $"{name}.png")), ImageReaderOptions.Default);
}
