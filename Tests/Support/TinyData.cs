using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Support;

/// <summary>A problem that a small network learns in a second: a bright spot in one of three places, under noise.</summary>
internal static class TinyData
{
    public const int Side = 12;

    public static IReadOnlyList<string> Labels { get; } = ["left", "low", "right"];

    public static TrainingOptions Options { get; } =
        new()
        {
            Data = new() { Path = "memory" },
            Network = new()
            {
                Architecture = "three-block-cnn",
                Width = Side,
                Height = Side,
                Widths = [4, 6, 8],
                Dropout = 0.3f,
            },
            Optimisation = new()
            {
                Epochs = 4,
                BatchSize = 8,
                LearningRate = 3e-3f,
            },
            Threads = 2,
            Augmentation = new AugmentationOptions
            {
                Rotate = 5,
                Shift = 0.05f,
                Erase = 0.2f,
                Mixup = 0.2f,
            },
        };

    public static ImagePreprocessing Preprocessing => RunFactory.CreatePreprocessing(Options);

    /// <summary>45 images to train on, which is not a multiple of the batch, and 30 to validate.</summary>
    public static Dataset Make() => new(Labels, [Set(Split.Train, 45, seed: 1), Set(Split.Validation, 30, seed: 2)], "fingerprint");

    public static ImageSet Set(Split split, int count, int seed)
    {
        var random = new Random(seed);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => i % Labels.Count)];
        return new ImageSet(
            split,
            split.ToString(),
            Labels,
            classes,
            [.. classes.Select(c => Pixels(c, random))],
            [.. classes.Select((_, i) => $"{i}.png")]
        );
    }

    /// <summary>One image of a class as a file.</summary>
    public static byte[] Png(int c, int seed) => PngEncoder.Encode(new Image(Side, Side, 1, Pixels(c, new Random(seed))));

    /// <summary>A run from the beginning, or from the checkpoint in its folder.</summary>
    public static TrainingRun Run(TrainingOptions options, string? folder = null, params ITrainingListener[] listeners)
    {
        Network network = RunFactory.CreateNetwork(options, Preprocessing, Labels.Count, new SilentReporter());
        var run = new TrainingRun(options, network, Preprocessing, Make(), folder, listeners, TimeProvider.System);
        if (folder is not null) run.Resume();
        return run;
    }

    /// <summary>A whole run on pictures of one grey each, which look the same through any window and at any size.</summary>
    /// <param name="options">With the sides of the pictures.</param>
    /// <returns>The weights at its end, and the shape of what was validated.</returns>
    public static (float[] Weights, Shape Validated) FlatRun(TrainingOptions options)
    {
        ImagePreprocessing preprocessing = RunFactory.CreatePreprocessing(options);
        ImageSet[] sets =
        [
            .. Make()
                .Sets.Select(s =>
                    s with
                    {
                        Pixels = [.. s.Classes.Select((c, i) => Enumerable.Repeat((byte)(60 * c + i), preprocessing.Length).ToArray())],
                    }
                ),
        ];
        using var run = new TrainingRun(
            options,
            RunFactory.CreateNetwork(options, preprocessing, Labels.Count, new SilentReporter()),
            preprocessing,
            Make() with
            {
                Sets = sets,
            },
            null,
            [],
            TimeProvider.System
        );
        run.Train(CancellationToken.None);
        return (Weights(run.Network), run.ValidatedNetwork.InputShape);
    }

    /// <summary>All weights and running statistics.</summary>
    public static float[] Weights(Network network) => [.. network.Parameters.SelectMany(p => p.Parameter.Values)];

    private static byte[] Pixels(int c, Random random)
    {
        byte[] pixels = new byte[Side * Side];
        random.NextBytes(pixels);
        (int x, int y) = c == 0 ? (2, 2) : c == 1 ? (5, 8) : (7, 2);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(pixels[i] / 2 + (Math.Abs(i % Side - x) < 2 && Math.Abs(i / Side - y) < 2 ? 120 : 0));
        return pixels;
    }
}
