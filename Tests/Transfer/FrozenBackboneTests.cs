using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Tests.Transfer;

public sealed class FrozenBackboneTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyData.Options with
    {
        FineTuning = new FineTuningOptions { From = "memory.zip", Freeze = Freezing.All },
        Optimisation = TinyData.Options.Optimisation with { Epochs = 30, LearningRate = 0.01f },
        Network = TinyData.Options.Network with { Dropout = null },
        Augmentation = AugmentationOptions.None,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_forged_cache_with_the_right_hash_gives_numbers_or_nothing()
    {
        Network network = Network(), backbone = NetworkPrefix.Extract(network, network.Nodes[^1].Inputs[0]);
        BottleneckCache cache = Open();
        string key = BottleneckCache.KeyOf([1, 2, 3]);
        cache.Add(key, new float[backbone.OutputShape.Channels]);
        cache.Save();
        string path = Assert.Single(Directory.GetFiles(folder["cache"]));
        byte[] whole = File.ReadAllBytes(path)[..^32];
        var random = new Random(6);
        for (int i = 0; i < 500; i++)
        {
            byte[] forged = [.. whole];
            for (int k = 0; k < 1 + i % 3; k++) forged[random.Next(i % 2 == 0 ? 16 : forged.Length)] = (byte)random.Next(256);
            if (i % 5 == 0) forged = forged[..random.Next(forged.Length)];
            HostileFiles.Write(path, forged, System.Security.Cryptography.SHA256.HashData(forged));
            if (Open().Find(key) is { } values) Assert.All(values, v => Assert.True(float.IsFinite(v)));
        }

        BottleneckCache Open() => new(folder["cache"], backbone, TinyData.Preprocessing);
    }

    [Fact]
    public void Features_are_what_the_last_layer_reads_and_come_from_the_cache_the_second_time()
    {
        Network network = Network(), backbone = NetworkPrefix.Extract(network, network.Nodes[^1].Inputs[0]);
        ImageSet images = TinyData.Set(Split.Train, 45, seed: 1);
        using var team = new ThreadTeam(1);
        var first = new FeatureExtractor(
            backbone,
            TinyData.Preprocessing,
            new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing),
            team
        );
        float[][] features = first.Compute(images, null, null, CancellationToken.None);
        Assert.Equal(45, first.Computed);
        // The last layer over them gives the whole network's logits.
        var linear = (Linear)network.Nodes[^1].Layer;
        var session = new InferenceSession(InferencePlan.Compile(network), 45, team);
        for (int n = 0; n < 45; n++) TinyData.Preprocessing.Normalise(images.Pixels[n], session.Input.Image(n));
        session.Run();
        for (int n = 0; n < 45; n++)
            for (int k = 0; k < 3; k++)
                Assert.Equal(
                    session.Logits.Image(n)[k],
                    linear.Bias!.Values[k] + features[n].Select((f, i) => f * linear.Weight.Values[k * features[n].Length + i]).Sum(),
                    1e-4f
                );

        var second = new FeatureExtractor(
            backbone,
            TinyData.Preprocessing,
            new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing),
            team
        );
        Assert.Equal(features, second.Compute(images, null, null, CancellationToken.None));
        Assert.Equal(0, second.Computed);

        // Other weights, other features.
        network.Initialise(seed: 99);
        var third = new FeatureExtractor(
            backbone,
            TinyData.Preprocessing,
            new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing),
            team
        );
        third.Compute(images, null, null, CancellationToken.None);
        Assert.Equal(45, third.Computed);
    }

    [Fact]
    public void Backbones_that_differ_in_dilation_or_epsilon_alone_share_nothing()
    {
        ImageSet images = TinyData.Set(Split.Train, 9, seed: 1);
        using var team = new ThreadTeam(1);
        foreach ((int dilation, float epsilon) in new[] { (1, 1e-5f), (2, 1e-5f), (1, 1e-2f) })
        {
            var builder = new NetworkBuilder(new Shape(TinyData.Side, TinyData.Side, 1));
            builder.Add("conv", new Conv2D(1, 4, (3, 3), (2, 2), (1, 1), (dilation, dilation), 1, bias: false));
            builder.Add("norm", new BatchNorm(4, epsilon));
            builder.Add("pool", new GlobalAveragePool());
            Network backbone = builder.Build();
            backbone.Initialise(seed: 1);
            var bottlenecks = new FeatureExtractor(
                backbone,
                TinyData.Preprocessing,
                new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing),
                team
            );
            bottlenecks.Compute(images, null, null, CancellationToken.None);
            Assert.Equal(9, bottlenecks.Computed);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(20)]  // in a key
    [InlineData(60)]  // in a feature, which stays a finite number
    [InlineData(-1)]
    public void A_damaged_cache_is_made_anew(int at)
    {
        Network network = Network(), backbone = NetworkPrefix.Extract(network, network.Nodes[^1].Inputs[0]);
        ImageSet images = TinyData.Set(Split.Train, 9, seed: 1);
        using var team = new ThreadTeam(1);
        float[][] Features(out int computed)
        {
            var bottlenecks = new FeatureExtractor(
                backbone,
                TinyData.Preprocessing,
                new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing),
                team
            );
            float[][] features = bottlenecks.Compute(images, null, null, CancellationToken.None);
            computed = bottlenecks.Computed;
            return features;
        }
        float[][] whole = Features(out _);
        string file = Assert.Single(Directory.GetFiles(folder["cache"]));
        byte[] bytes = File.ReadAllBytes(file);
        if (at >= 0) bytes[at] ^= 0x40;
        else bytes = bytes[..^7];
        EmotionMLNet.Files.AtomicFile.Write(file, s => s.Write(bytes));
        Assert.Equal(whole, Features(out int computed));
        Assert.Equal(9, computed);
    }

    [Fact]
    public void Two_that_fill_the_same_cache_keep_what_both_have_found()
    {
        Network network = Network(), backbone = NetworkPrefix.Extract(network, network.Nodes[^1].Inputs[0]);
        BottleneckCache Open() => new(folder["cache"], backbone, TinyData.Preprocessing);
        BottleneckCache first = Open(), second = Open();
        float[] features = [.. Enumerable.Range(0, backbone.OutputShape.Channels).Select(i => (float)i)];
        string[] keys = [BottleneckCache.KeyOf([1]), BottleneckCache.KeyOf([2])];
        first.Add(keys[0], features);
        second.Add(keys[1], features);
        first.Save();
        second.Save();
        Assert.All(keys, key => Assert.Equal(features, Open().Find(key)));
        Assert.Single(Directory.GetFiles(folder["cache"])); // no lock is left

        // A writer that is in the middle of it is waited for.
        string file = Assert.Single(Directory.GetFiles(folder["cache"]));
        var held = EmotionMLNet.Files.FileLock.Acquire($"{file}.lock", file);
        BottleneckCache third = Open();
        third.Add(BottleneckCache.KeyOf([3]), features);
        var writer = new Thread(third.Save);
        writer.Start();
        Thread.Sleep(300);
        Assert.Null(Open().Find(BottleneckCache.KeyOf([3])));
        held.Dispose();
        writer.Join();
        Assert.All([.. keys, BottleneckCache.KeyOf([3])], key => Assert.Equal(features, Open().Find(key)));
    }

    [Fact]
    public void The_head_learns_while_every_other_weight_stays_and_the_folded_network_gives_the_measured_accuracy()
    {
        Network network = Network();
        float[] before = [.. network.Nodes.SkipLast(1).SelectMany(n => n.Layer.Parameters).SelectMany(p => p.Values)];
        Network? saved = null;
        Dataset data = TinyData.Make();
        using TrainingRun run = Run(
            Options,
            network,
            null,
            new Watcher
            {
                OnEpochOf = (run, result) =>
                {
                    if (result.Improved)
                        saved = run.ValidatedNetwork.Clone();
                },
            }
        );
        run.Train(CancellationToken.None);
        EpochResult best = run.Progress.Best!;
        Assert.Equal(30, run.Progress.History.Count);
        Assert.True(best.ValidationAccuracy > 0.7, $"{best.ValidationAccuracy}"); // chance is a third
        Assert.Equal(before, saved!.Nodes.SkipLast(1).SelectMany(n => n.Layer.Parameters).SelectMany(p => p.Values).ToArray());
        using var team = new ThreadTeam(1);
        ImageSet held = data[Split.Validation]!;
        float[] probabilities = new Evaluator(team).ComputeProbabilities(InferencePlan.Compile(saved), TinyData.Preprocessing, held);
        Assert.Equal(best.ValidationAccuracy, ClassificationReport.Compute(held.Labels, probabilities, held.Classes).Accuracy, 1e-9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_with_or_without_a_cache()
    {
        float[] Trained(string cache)
        {
            using TrainingRun run = Run(With(o => o with { Epochs = 3 }), Network(), cache: cache);
            run.Train(CancellationToken.None);
            return ((Linear)run.ValidatedNetwork.Nodes[^1].Layer).Weight.Values;
        }
        float[] first = Trained("a");
        Assert.Equal(first, Trained("b"));
        Assert.Equal(first, Trained("a"));
    }

    [Fact]
    public void Standardised_features_fold_into_the_layer_exactly_enough()
    {
        var random = new Random(3);
        float[][] features =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(_ => Enumerable.Range(0, 6).Select(i => i == 5 ? 7 : (float)(100 * random.NextDouble() + 1000 * i)).ToArray()),
        ];
        var standardisation = new Standardisation(features, channels: 6);
        var from = new Linear(6, 2);
        from.Initialise(random);
        var to = new Linear(6, 2);
        standardisation.Fold(from, to);
        var standard = new float[6];
        foreach (float[] row in features)
        {
            standardisation.Apply(row, standard);
            for (int k = 0; k < 2; k++)
                Assert.Equal(
                    from.Bias!.Values[k] + standard.Select((f, i) => (double)f * from.Weight.Values[6 * k + i]).Sum(),
                    to.Bias!.Values[k] + row.Select((f, i) => (double)f * to.Weight.Values[6 * k + i]).Sum(),
                    1e-4
                );
        }
        Assert.Equal(0, features.Average(row => { standardisation.Apply(row, standard); return standard[0]; }), 1e-4);
    }

    [Fact]
    public void A_last_layer_that_looks_at_neighbours_is_refused()
    {
        var builder = new NetworkBuilder(new Shape(12, 12, 1));
        builder.Add("first", new Conv2D(1, 2, kernel: 1));
        builder.Add("conv", new Conv2D(2, 3, kernel: 3, padding: 1));
        builder.Add("pool", new GlobalAveragePool());
        Assert.Contains(
            "freeze a number of blocks",
            Assert.ThrowsAny<EmotionMLNet.Training.TrainingException>(() => Batches(Options, builder.Build())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_verb_trains_a_head_and_leaves_a_model()
    {
        TinyModel.Make("residual").Save(folder["start.zip"]);
        for (int i = 0; i < 40; i++)
        {
            byte[] png = TinyData.Png(i % 2, i);
            EmotionMLNet.Files.AtomicFile.Write(
                folder[$"data/{(i < 28 ? "train" : "validation")}/{(i % 2 == 0 ? "left" : "low")}/{i}.png"],
                s => s.Write(png)
            );
        }
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            folder["data"],
            "--backbone",
            folder["start.zip"],
            "--freeze",
            "all",
            "--epochs",
            "5",
            "--threads",
            "1",
            "--out",
            folder["run"],
            "--bottlenecks",
            folder["cache"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("40 pictures through the frozen backbone", result.Error, StringComparison.Ordinal);
        Assert.Equal(6, File.ReadAllLines(Path.Combine(folder["run"], "log.jsonl")).Length); // with the start
        foreach (string file in (string[])["checkpoint.bin", "accuracy.svg", "loss.svg", "events.out.tfevents.0.emotionmlnet"])
            Assert.True(File.Exists(Path.Combine(folder["run"], file)), file);
        Assert.False(File.Exists(Path.Combine(folder["run"], AugmentationSheet.FileName)));
        ProcessResult again = TrainerProcess.Run("train", "--resume", folder["run"], "--bottlenecks", folder["cache"]);
        Assert.Contains("nothing is left to do", again.Error, StringComparison.Ordinal);
        Assert.Equal(
            ExitCode.Ok,
            TrainerProcess.Run("evaluate", "--model", Path.Combine(folder["run"], "model.zip"), "--data", folder["data"]).Code
        );
    }

    public static TheoryData<string> Cases => ["plain", "dropout, average, clipping, sharpness", "plateau, patience"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_run_cut_off_in_mid_epoch_ends_with_the_same_bits(string name)
    {
        TrainingOptions options = name switch
        {
            "plain" => With(o => o with { Epochs = 4 }),
            "plateau, patience" => With(o =>
                o with
                {
                    Epochs = 9,
                    Schedule = ScheduleKind.Plateau,
                    GammaEvery = 1,
                    Patience = 4,
                    MinDelta = 1,
                }
            ),
            _ => With(o => o with { Epochs = 4, WeightAverage = 0.9f, ClipNorm = 1, Sharpness = 0.1f, Optimiser = OptimiserKind.Sgd }) with
            {
                Network = Options.Network with { Dropout = 0.3f },
            },
        };
        using TrainingRun whole = Run(options, Network(), "whole");
        string why = whole.Train(CancellationToken.None);
        using (
            TrainingRun cut = Run(
                options,
                Network(),
                "parts",
                new Watcher
                {
                    OnBatch = (_, epoch, images) =>
                    {
                        if (epoch == 2 && images > 16)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));
        Directory.Delete(folder["cache"], recursive: true); // features are computed again
        using (
            TrainingRun cut = Run(
                options,
                Network(),
                "parts",
                new Watcher
                {
                    OnEpoch = result =>
                    {
                        if (result.Epoch == 3)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
        {
            cut.Resume();
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));
        }
        using TrainingRun resumed = Run(options, Network(), "parts");
        resumed.Resume();
        Assert.Equal(2, resumed.Progress.History.Count);
        Assert.Equal(why, resumed.Train(CancellationToken.None));
        Assert.Equal(TinyData.Weights(whole.ValidatedNetwork), TinyData.Weights(resumed.ValidatedNetwork));
        Assert.Equal(whole.Progress.History.Select(Timeless), resumed.Progress.History.Select(Timeless));
    }

    [Fact]
    public void A_checkpoint_of_another_backbone_is_not_taken_up()
    {
        using (TrainingRun run = Run(With(o => o with { Epochs = 1 }), Network(), "run")) run.Train(CancellationToken.None);
        Network other = Network();
        other.Initialise(seed: 99);
        using TrainingRun again = Run(With(o => o with { Epochs = 1 }), other, "run");
        Assert.Contains(
            "other settings or other data",
            Assert.Throws<EmotionMLNet.Training.TrainingException>(again.Resume).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Clipping_sharpness_and_the_moving_average_change_what_a_head_learns()
    {
        float[] plain = Trained(o => o);
        Assert.NotEqual(plain, Trained(o => o with { WeightAverage = 0.9f }));
        Assert.NotEqual(plain, Trained(o => o with { Sharpness = 0.5f }));
        Assert.NotEqual(plain, Trained(o => o with { ClipNorm = 0.01f }));
        Assert.Equal(plain, Trained(o => o with { ClipNorm = 1e9f }));

        float[] Trained(Func<OptimisationOptions, OptimisationOptions> change)
        {
            using TrainingRun run = Run(With(o => change(o) with { Epochs = 2, Optimiser = OptimiserKind.Sgd }), Network());
            run.Train(CancellationToken.None);
            return TinyData.Weights(run.ValidatedNetwork);
        }
    }

    [Fact]
    public void A_step_on_features_allocates_nothing()
    {
        using TrainingRun run = Run(With(o => o with { WeightAverage = 0.9f, ClipNorm = 1 }) with { Threads = 1 }, Network());
        run.Prepare(new SilentReporter(), CancellationToken.None);
        for (int epoch = 0; epoch < 3; epoch++) run.Step(epoch, 0);
        int batch = 0;
        Assert.Equal(0, SteadyAllocation.Of(() => run.Step(3, batch++)));
    }

    [Fact]
    public void Heads_of_a_given_time_end_in_time()
    {
        var clock = new TickingClock();
        using var run = new TrainingRun(
            With(o => o with { Time = TimeSpan.FromSeconds(600), Schedule = ScheduleKind.Cosine }),
            Batches(Options, Network()),
            null,
            [],
            clock
        );
        Assert.Contains("the time allowed", run.Train(CancellationToken.None), StringComparison.Ordinal);
        Assert.InRange(clock.Now, 400, 603);
        Assert.Equal(run.Options.Optimisation.Epochs, run.Progress.History.Count);
    }

    private static TrainingOptions With(Func<OptimisationOptions, OptimisationOptions> change) =>
        Options with
        {
            Optimisation = change(Options.Optimisation),
        };

    private TrainingRun Run(TrainingOptions options, Network network, string? run = null, Watcher? watcher = null, string cache = "cache")
    {
        if (run is not null) Directory.CreateDirectory(folder[run]);
        return new TrainingRun(
            options,
            Batches(options, network, cache),
            run is null ? null : folder[run],
            watcher is null ? [] : [watcher],
            TimeProvider.System
        );
    }

    private FeatureBatches Batches(TrainingOptions options, Network network, string cache = "cache") =>
        new(options, network, TinyData.Preprocessing, TinyData.Make(), _ => folder[cache]);

    // The clock is no part of what must repeat.
    private static EpochResult Timeless(EpochResult result) => result with { ImagesPerSecond = 0, Seconds = 0 };

    private static Network Network() => RunFactory.CreateNetwork(Options, TinyData.Preprocessing, 3, new SilentReporter());
}
