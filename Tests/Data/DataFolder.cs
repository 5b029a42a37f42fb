using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Data;

/// <summary>A data set on disk for one test.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static ImagePreprocessing Grey8 { get; } =
        new()
        {
            Width = 8,
            Height = 8,
            Channels = 1,
            Mean = [0.5f],
            StandardDeviation = [0.25f],
        };

    public string Root => folder.FullName;

    public string this[string name] => folder[name];

    /// <summary>A PNG of 8 x 8 pixels, another one for every number.</summary>
    public static byte[] Png(int number)
    {
        byte[] pixels = new byte[64];
        new Random(number).NextBytes(pixels);
        return PngEncoder.Encode(new Image(8, 8, 1, pixels));
    }

    public DataFolder Add(string name, byte[] content)
    {
        AtomicFile.Write(folder[name], s => s.Write(content));
        return this;
    }

    public DataFolder Add(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Different pictures numbered from <paramref name="first"/>.</summary>
    public DataFolder AddImages(string path, int count, int first)
    {
        for (int i = first; i < first + count; i++) Add($"{path}/{i:D4}.png", Png(i));
        return this;
    }

    public void Dispose() => folder.Dispose();
}
