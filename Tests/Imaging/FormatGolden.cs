using System.Text.Json;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>Tests/Golden/formats.json, which Tests/Golden/formats.py makes: a small file of each kind and its pixels over white.</summary>
public sealed record FormatGolden(string Name, byte[] File, int Width, int Height, int Channels, byte[] Pixels)
{
    internal static FormatGolden[] All { get; } = JsonSerializer.Deserialize<FormatGolden[]>(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "formats.json")), JsonSerializerOptions.Web)!;

    internal static FormatGolden Named(string name) => All.Single(g => g.Name == name);
}
