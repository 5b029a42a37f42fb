using EmotionMLNet.Faces;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

/// <summary>A detector learns, and a run that was cut off ends with the bits of one that was not.</summary>
public sealed class FaceTrainingTests : IDisposable
{
    private static readonly TrainingOptions Options = new()
    {
        Data = new() { Path = "memory" },
        Faces = new FaceOptions { CropSide = 64, CropsPerEpoch = 40, SmallestFace = 12, LargestFace = 64, MineAfter = 0.3f },
        Optimisation = new()
        {
            Epochs = 4,
            BatchSize = 8,
            LearningRate = 3e-3f,
            Optimiser = OptimiserKind.AdamW,
            WeightAverage = 0.8f,
            Metric = SelectionMetric.AveragePrecision,
        },
        Threads = 2,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_cut_off_ends_with_the_same_bits_also_behind_the_mining()
    {
        using TrainingRun whole = Run(folder["whole"]);
        whole.Train(CancellationToken.None);
        Cut(new Watcher { OnBatch = (_, epoch, images) => { if (epoch == 2 && images > 16) throw new InvalidOperationException(); } });
        Cut(new Watcher { OnEpoch = result => { if (result.Epoch == 4) throw new InvalidOperationException(); } });
        using TrainingRun resumed = Run(folder["parts"]);
        resumed.Resume();
        Assert.Equal(3, resumed.Progress.History.Count);
        resumed.Train(CancellationToken.None);

        Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(resumed.Network));
        Assert.Equal(TinyData.Weights(whole.ValidatedNetwork), TinyData.Weights(resumed.ValidatedNetwork));
        Assert.All(whole.Progress.History, e => Assert.True(double.IsNaN(e.ValidationAccuracy) && e.AveragePrecision is >= 0 and <= 1));
    }

    [Fact]
    public void It_finds_what_it_was_shown()
    {
        TrainingOptions longer = Options with
        {
            Optimisation = Options.Optimisation with { Epochs = 5, LearningRate = 5e-3f },
            Faces = Options.Faces! with { CropsPerEpoch = 400, MineAfter = 1, Masks = 0 },
        };
        using TrainingRun run = Run(folder: null, longer);
        run.Train(CancellationToken.None);

        Assert.True(run.Progress.History[^1].AveragePrecision > 0.5, $"{run.Progress.History[^1].AveragePrecision}");
        Assert.True(run.Progress.History[^1].TrainLoss < 0.7 * run.Progress.History[0].TrainLoss);
    }

    [Fact]
    public void A_run_goes_on_where_its_photographs_lie_elsewhere_now()
    {
        using TrainingRun run = Run(folder["moved"], At("here/faces.csv", "here/scenes"));
        run.Train(CancellationToken.None);
        using TrainingRun elsewhere = Run(folder["moved"], At("there/faces.csv", "there/scenes"));
        elsewhere.Resume();
        Assert.Equal(Options.Optimisation.Epochs, elsewhere.Progress.History.Count);

        static TrainingOptions At(string data, string scenes) =>
            Options with { Data = Options.Data with { Path = data }, Faces = Options.Faces! with { Background = scenes, MineAfter = 1 } };
    }

    [Fact]
    public void Weights_that_a_detector_cannot_have_are_refused_before_anything_is_begun()
    {
        SettingProblem problem = Assert.Single(
            (Options with { Output = new() { ZipWeights = EmotionMLNet.Onnx.OnnxWeights.Quantised } }).FindProblems()
        );
        Assert.Equal("output.zipWeights", problem.Path);
    }

    [Fact]
    public void Pictures_without_a_face_are_refused_in_one_line()
    {
        FacePicture empty = FacePicture.Create("a", 64, 64, new byte[64 * 64], [], []);
        var set = new FaceSet([empty], [empty], "");
        Network network = FaceNetwork.Build(64, 64, [4, 6, 6, 6], 6);

        TrainingException e = Assert.Throws<TrainingException>(() => new FaceBatches(Options, network, set));
        Assert.Contains("no picture to learn from has a face", e.Message, StringComparison.Ordinal);
    }

    private static TrainingRun Run(string? folder, TrainingOptions? options = null, params ITrainingListener[] listeners)
    {
        options ??= Options;
        if (folder is not null) Directory.CreateDirectory(folder);
        Network network = FaceNetwork.Build(64, 64, [8, 12, 12, 12], 12);
        FaceNetwork.Initialise(network, 1);
        var set = new FaceSet([.. Pictures(24, seed: 1)], [.. Pictures(8, seed: 2)], "fingerprint");
        return new TrainingRun(options, new FaceBatches(options, network, set), folder, listeners, new TickingClock());
    }

    private void Cut(ITrainingListener watcher)
    {
        using TrainingRun run = Run(folder["parts"], null, watcher);
        run.Resume();
        Assert.Throws<InvalidOperationException>(() => run.Train(CancellationToken.None));
    }

    // A bright oval with two dark eyes and a mouth on noise; every fourth picture has none.
    private static IEnumerable<FacePicture> Pictures(int count, int seed)
    {
        const int side = 96;
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            var grey = new byte[side * side];
            for (int p = 0; p < grey.Length; p++) grey[p] = (byte)(60 + random.Next(50));
            FaceBox[] boxes = [];
            if (i % 4 != 3)
            {
                float height = 24 + random.Next(40), width = 0.76f * height;
                var box = new FaceBox(random.Next((int)(side - width)), random.Next((int)(side - height)), width, height);
                for (int y = 0; y < side; y++)
                    for (int x = 0; x < side; x++)
                    {
                        float u = (x + 0.5f - box.CentreX) / (box.Width / 2), v = (y + 0.5f - box.CentreY) / (box.Height / 2);
                        if (u * u + v * v > 1) continue;
                        bool eye = Math.Abs(Math.Abs(u) - 0.4f) < 0.15f && Math.Abs(v + 0.2f) < 0.1f;
                        bool mouth = Math.Abs(u) < 0.35f && Math.Abs(v - 0.5f) < 0.1f;
                        grey[y * side + x] = eye || mouth ? (byte)30 : (byte)220;
                    }
                boxes = [box];
            }
            yield return FacePicture.Create($"{seed}-{i}", side, side, grey, boxes, []);
        }
    }
}
