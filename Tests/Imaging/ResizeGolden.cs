using System.Text.Json;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>Tests/Golden/resize.json, which Tests/Golden/resize.py makes with Pillow.</summary>
internal sealed record ResizeGolden(
    Dictionary<string, GoldenPicture> Sources,
    byte[] Luma,
    GoldenResize[] Resizes,
    GoldenPreparation[] Preparations
)
{
    public static ResizeGolden Instance { get; } = JsonSerializer.Deserialize<ResizeGolden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "resize.json")), JsonSerializerOptions.Web)!;
}

internal sealed record GoldenPicture(int Width, int Height, int Channels, byte[] Pixels)
{
    public Image ToImage() => new(Width, Height, Channels, Pixels);
}

/// <param name="Box">Left, top, right, bottom, or null for the whole picture.</param>
internal sealed record GoldenResize(string Source, int Width, int Height, float[]? Box, byte[] Pixels);

internal sealed record GoldenPreparation(string Source, int Width, int Height, int Channels, string Mode, byte[] Pixels);
