using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Layers;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.ImageClassification;

namespace EmotionMLNet.Tests.Transfer;

/// <summary>ML.NET's trainer without its defects; formulas and counts worked out by hand from its description.</summary>
public sealed class ImageClassificationTrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ImageClassificationTrainerTests() => TinyModel.Make("residual").Save(folder["start.zip"]);

    private ImageClassificationTrainerOptions Options => new() { Arch = folder["start.zip"], WorkspacePath = folder["work"] };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Defaults_are_those_of_ML_NET()
    {
        Assert.Equal(
            (10, 200, 0.01f, true, false, false, (float?)0.1f),
            (
                Options.BatchSize,
                Options.Epoch,
                Options.LearningRate,
                Options.TestOnTrainSet,
                Options.ReuseTrainSetBottleneckCachedValues,
                Options.ReuseValidationSetBottleneckCachedValues,
                Options.ValidationSetFraction
            )
        );
        Assert.Equal(new EarlyStopping(0.01f, 20, EarlyStoppingMetric.Accuracy), Options.EarlyStoppingCriteria);
        Assert.IsType<ExponentialLRDecay>(Options.LearningRateScheduler);
    }

    [Fact]
    public void A_folder_of_labels_becomes_a_model_that_saves_and_predicts_the_same()
    {
        Pictures(40);
        var metrics = new List<ImageClassificationMetrics>();
        ImageClassificationModel model = new ImageClassificationTrainer(
            Options with
            {
                Epoch = 40,
                LearningRate = 0.5f,
                MetricsCallback = metrics.Add,
            }
        ).Fit(folder["faces"]);
        Assert.Equal(["bright", "dark"], model.Model.Manifest.Labels);
        Assert.Empty(model.Skipped);
        model.Save(folder["model.zip"]);
        EmotionClassifier loaded = EmotionClassifier.Load(folder["model.zip"]);
        string[] files = Directory.GetFiles(folder["faces"], "*", SearchOption.AllDirectories);
        int right = files.Count(f => model.Predict(f).Label == Path.GetFileName(Path.GetDirectoryName(f)));
        Assert.True(right >= 36, $"{right} of 40");
        Assert.Equal(files.Select(f => model.Predict(f).Confidence), files.Select(f => loaded.Classify(f).Confidence));
        // 36 and 4 pictures, then pairs of figures an epoch.
        Assert.Equal([36, 4], metrics.Where(m => m.Bottleneck is not null).GroupBy(m => m.Bottleneck!.DatasetUsed).Select(g => g.Count()));
        TrainMetrics[] epochs = [.. metrics.Where(m => m.Train is not null).Select(m => m.Train!)];
        Assert.Equal(
            [ImageClassificationDataset.Train, ImageClassificationDataset.Validation, ImageClassificationDataset.Train],
            epochs.Take(3).Select(e => e.DatasetUsed)
        );
        Assert.All(epochs, e => Assert.Equal(4, e.BatchProcessedCount));
        Assert.True(epochs[^2].CrossEntropy < epochs[0].CrossEntropy);
    }

    [Fact]
    public void The_learning_rate_counts_beside_a_scheduler()
    {
        Pictures(20);
        float[] Rates(float rate)
        {
            var rates = new List<float>();
            new ImageClassificationTrainer(
                Options with
                {
                    Epoch = 6,
                    LearningRate = rate,
                    EarlyStoppingCriteria = null,
                    ValidationSetFraction = null,
                    MetricsCallback = m => rates.AddRange(m.Train is { } t ? [t.LearningRate] : []),
                }
            ).Fit(folder["faces"]);
            return [.. rates];
        }
        // Two batches an epoch, two epochs a period: 0.94 from the third epoch on, 0.94² from the fifth.
        Assert.Equal([0.02f, 0.02f, 0.0188f, 0.0188f, 0.017672f, 0.017672f], Rates(0.02f), new Within(1e-7f));
        Assert.Equal(Rates(0.02f).Select(r => 5 * r), Rates(0.1f), new Within(1e-6f));
    }

    [Fact]
    public void Fewer_pictures_than_a_batch_train_without_NaN()
    {
        Pictures(6);
        var losses = new List<float>();
        ImageClassificationModel model = new ImageClassificationTrainer(
            Options with
            {
                Epoch = 5,
                ValidationSetFraction = null,
                MetricsCallback = m => losses.AddRange(m.Train is { } t ? [t.CrossEntropy] : []),
            }
        ).Fit(folder["faces"]);
        Assert.Equal(5, losses.Count);
        Assert.All(losses, l => Assert.True(float.IsFinite(l)));
        Assert.True(float.IsFinite(model.Predict(Directory.GetFiles(folder["faces/dark"])[0]).Confidence));
    }

    [Fact]
    public void A_second_Fit_equals_the_first()
    {
        Pictures(20);
        var trainer = new ImageClassificationTrainer(
            Options with
            {
                Epoch = 60,
                EarlyStoppingCriteria = new EarlyStopping(Patience: 3),
                ReuseTrainSetBottleneckCachedValues = true,
            }
        );
        float[] Weights() => ((Linear)trainer.Fit(folder["faces"]).Model.Network.Nodes[^1].Layer).Weight.Values;
        Assert.Equal(Weights(), Weights());
    }

    [Theory]
    // 0.52 is 0.02 over 0.5; the two after it are too little, and patience is three.
    [InlineData(new[] { 0.5, 0.505, 0.52, 0.52, 0.525 }, 3, -1)]
    [InlineData(new[] { 0.5, 0.505, 0.509, 0.4 }, 3, 3)]
    [InlineData(new[] { 0.0, 0.0 }, 2, 1)]
    public void Early_stopping_counts_epochs_without_a_gain(double[] accuracies, int patience, int stopped)
    {
        var watch = new EarlyStopping.Watch(new EarlyStopping(0.01f, patience));
        Assert.Equal(stopped, Array.FindIndex(accuracies, a => watch.ShouldStop(a, 0)));
    }

    [Fact]
    public void Early_stopping_on_loss_wants_it_to_fall()
    {
        var watch = new EarlyStopping.Watch(new EarlyStopping(0.1f, 2, EarlyStoppingMetric.Loss));
        Assert.Equal([false, false, false, false, true], new[] { 2.0, 1.95, 1.8, 1.75, 1.74 }.Select(l => watch.ShouldStop(0, l)));
    }

    [Fact]
    public void Schedulers_follow_ML_NETs_formulas()
    {
        var lsr = new LsrDecay();
        Assert.Equal(
            [0.1 * 64 / 128, 0.1 * 64 / 128, 0.01 * 64 / 128, 0.001 * 64 / 128, 0.00001 * 64 / 128],
            new[] { 0, 90, 91, 136, 182 }.Select(epoch => lsr.Rate(0.1, epoch * 7, 7, 64)),
            new Close()
        );
        var polynomial = new PolynomialLRDecay();
        Assert.Equal(
            [0.01, (0.01 - 0.0001f) * 0.5 + 0.0001f, 0.0001f, 0.0001f],
            new[] { 0, 10, 20, 35 }.Select(step => polynomial.Rate(0.01, step, 10, 1)),
            new Close()
        );
        var cycle = new PolynomialLRDecay(cycle: true);
        Assert.Equal((0.01 - 0.0001f) * (1 - 30 / 40.0) + 0.0001f, cycle.Rate(0.01, 30, 10, 1), 1e-9);
        Assert.Equal(0.01 * Math.Pow(0.94, 1.5), new ExponentialLRDecay(staircase: false).Rate(0.01, 30, 10, 1), 1e-9);
    }

    [Fact]
    public void What_cannot_be_decoded_is_skipped_and_named_and_nothing_else_in_the_workspace_is_touched()
    {
        Pictures(12);
        EmotionMLNet.Files.AtomicFile.WriteText(folder["faces/dark/notes.txt"], "not a picture");
        EmotionMLNet.Files.AtomicFile.WriteText(folder["work/train/precious.txt"], "mine");
        ImageClassificationModel model = new ImageClassificationTrainer(Options with { Epoch = 1 }).Fit(folder["faces"]);
        Assert.EndsWith("notes.txt", Assert.Single(model.Skipped).Path, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["work/train/precious.txt"]));
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Assert.Throws<ArgumentException>(() => new ImageClassificationTrainer(Options with { LearningRate = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassificationTrainer(Options with { BatchSize = 0 }));
        Assert.Throws<ArgumentException>(() => new ImageClassificationTrainer(Options with { ValidationSetFraction = 1 }));
        Assert.Contains(
            "Two labels",
            Assert.Throws<ArgumentException>(() => new ImageClassificationTrainer(Options).Fit([("a.png", "one")])).Message,
            StringComparison.Ordinal
        );
    }

    private void Pictures(int count)
    {
        for (int i = 0; i < count; i++)
        {
            bool bright = i % 2 == 0;
            var random = new Random(i);
            byte[] png = PngEncoder.Encode(
                new Image(7, 9, 3, [.. Enumerable.Range(0, 189).Select(_ => (byte)(random.Next(120) + (bright ? 130 : 0)))])
            );
            EmotionMLNet.Files.AtomicFile.Write(folder[$"faces/{(bright ? "bright" : "dark")}/{i:000}.png"], s => s.Write(png));
        }
    }

    private sealed class Within(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float obj) => 0;
    }

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= 1e-9;

        public int GetHashCode(double obj) => 0;
    }
}
