using System.Text.Json;
using EmotionMLNet.Benchmarks.Fuzzing.Families;

namespace EmotionMLNet.Benchmarks.Fuzzing;

/// <summary>All families. A format is added by a file in Families and a line here.</summary>
internal static class Catalogue
{
    private const int LongestSeed = 2100;

    private static readonly Lazy<IReadOnlyList<FormatFamily>> Families = new(Make);

    public static IReadOnlyList<FormatFamily> All => Families.Value;

    public static FormatFamily? Find(string name) => All.FirstOrDefault(f => f.Name == name);

    private static List<FormatFamily> Make()
    {
        string here = AppContext.BaseDirectory;
        (string Name, byte[] File)[] small =
        [
            .. JsonSerializer
                .Deserialize<Golden[]>(File.ReadAllBytes(Path.Combine(here, "Golden", "formats.json")), JsonSerializerOptions.Web)!
                .Select(g => (g.Name, g.File)),
        ];
        byte[][] Of(string format) =>
            [.. small.Where(g => g.Name.StartsWith(format, StringComparison.Ordinal) && g.File.Length <= LongestSeed).Select(g => g.File)];
        byte[][] In(string folder, string pattern) =>
            [
                .. Directory
                    .GetFiles(Path.Combine(here, "Imaging", folder, "Golden"), pattern)
                    .Order(StringComparer.Ordinal)
                    .Select(File.ReadAllBytes)
                    .Where(f => f.Length <= LongestSeed),
            ];
        byte[][] jpeg = In("Jpeg", "*.jpg"),
            webp = In("WebP", "*.webp"),
            png = Of("PNG"),
            bmp = Of("BMP"),
            gif = Of("GIF"),
            pnm = Of("PNM");
        return
        [
            new ImageFamily("jpeg", jpeg),
            new ImageFamily("png", png),
            new ImageFamily("webp", webp),
            new ImageFamily("gif", gif),
            new ImageFamily("bmp", bmp),
            new ImageFamily("pnm", pnm),
            new ExifFamily(jpeg.MinBy(f => f.Length)!),
            new ImageLimitFamily([.. jpeg.Take(8), .. png.Take(8), .. webp.Take(12), .. gif.Take(4), .. bmp.Take(4), .. pnm.Take(4)]),
            new ModelZipFamily(),
            new ZipFamily(),
            new OnnxFamily(),
            new PyTorchZipFamily(),
            new PyTorchLegacyFamily(),
            new SafetensorsFamily(),
            new CheckpointFamily(),
            new BottleneckFamily(),
            new SettingsFamily(),
            new SpaceFamily(),
            new OutcomeFamily(),
            new PathTableFamily(),
            new FerTableFamily(),
            new VoteTableFamily(),
            new LabelFileFamily(),
            new OptionTextFamily(),
            new CommandLineFamily(),
        ];
    }

    // An entry of Tests/Golden/formats.json.
    private sealed record Golden(string Name, byte[] File);
}
