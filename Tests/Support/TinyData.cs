using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Tests.Support;

/// <summary>A data set of two easy classes in memory, and settings that train on it in a moment.</summary>
internal static class TinyData
{
    public const int Side = 16;

    public static IReadOnlyList<string> Labels { get; } = ["dark", "bright"];

    public static TrainingOptions Options { get; } = TrainingDefaults.For("three-block-cnn", "memory") with
    {
        Width = Side, Height = Side, Widths = [4, 4, 4], Epochs = 4, BatchSize = 8, Threads = 2, Seed = 3, Dropout = 0.2f,
    };

    public static ImagePreprocessing Preprocessing => TrainingParts.Preprocessing(Options);

    public static Dataset Make()
    {
        var random = new Random(5);
        ImageSet set(Split split, int count) => new(split, split.ToString(), Labels, [.. Enumerable.Range(0, count).Select(i => i % 2)],
            [.. Enumerable.Range(0, count).Select(i => Pixels(i % 2, random))], [.. Enumerable.Range(0, count).Select(i => $"{i}.png")]);
        return new Dataset(Labels, [set(Split.Train, 27), set(Split.Validation, 12)], "fingerprint");
    }

    private static byte[] Pixels(int c, Random random)
        => [.. Enumerable.Range(0, Side * Side).Select(_ => (byte)(c == 0 ? random.Next(0, 150) : random.Next(105, 256)))];
}
