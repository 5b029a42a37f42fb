using EmotionMLNet.Training.Options;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Tests.Transfer;

public sealed class FrozenBackboneTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyData.Options with { FineTuning = TinyData.Options.FineTuning with { From = "memory.zip", Freeze = Freezing.Parse("all") }, Optimisation = TinyData.Options.Optimisation with { Epochs = 30, LearningRate = 0.01f }, Network = TinyData.Options.Network with { Dropout = -1 }, Augmentation = AugmentationOptions.None };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_forged_cache_with_the_right_hash_gives_numbers_or_nothing()
    {
        Network network = Network(), backbone = NetworkPrefix.Of(network, network.Nodes[^1].Inputs[0]);
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
        Network network = Network(), backbone = NetworkPrefix.Of(network, network.Nodes[^1].Inputs[0]);
        ImageSet images = TinyData.Set(Split.Train, 45, seed: 1);
        using var team = new ThreadTeam(1);
        var first = new Bottlenecks(backbone, TinyData.Preprocessing, new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing), team);
        float[][] features = first.Of(images, null, CancellationToken.None);
        Assert.Equal(45, first.Computed);
        // The last layer over them gives the whole network's logits.
        var linear = (Linear)network.Nodes[^1].Layer;
        var session = new InferenceSession(InferencePlan.Compile(network), 45, team);
        for (int n = 0; n < 45; n++) TinyData.Preprocessing.Normalise(images.Pixels[n], session.Input.Image(n));
        session.Run();
        for (int n = 0; n < 45; n++)
            for (int k = 0; k < 3; k++)
                Assert.Equal(session.Logits.Image(n)[k], linear.Bias!.Value[k] + features[n].Select((f, i) => f * linear.Weight.Value[k * features[n].Length + i]).Sum(), 1e-4f);

        var second = new Bottlenecks(backbone, TinyData.Preprocessing, new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing), team);
        Assert.Equal(features, second.Of(images, null, CancellationToken.None));
        Assert.Equal(0, second.Computed);

        // Other weights, other features.
        network.Initialise(seed: 99);
        var third = new Bottlenecks(backbone, TinyData.Preprocessing, new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing), team);
        third.Of(images, null, CancellationToken.None);
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
            var bottlenecks = new Bottlenecks(backbone, TinyData.Preprocessing, new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing), team);
            bottlenecks.Of(images, null, CancellationToken.None);
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
        Network network = Network(), backbone = NetworkPrefix.Of(network, network.Nodes[^1].Inputs[0]);
        ImageSet images = TinyData.Set(Split.Train, 9, seed: 1);
        using var team = new ThreadTeam(1);
        float[][] Features(out int computed)
        {
            var bottlenecks = new Bottlenecks(backbone, TinyData.Preprocessing, new BottleneckCache(folder["cache"], backbone, TinyData.Preprocessing), team);
            float[][] features = bottlenecks.Of(images, null, CancellationToken.None);
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
        Network network = Network(), backbone = NetworkPrefix.Of(network, network.Nodes[^1].Inputs[0]);
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
        float[] before = [.. network.Nodes.SkipLast(1).SelectMany(n => n.Layer.Parameters).SelectMany(p => p.Value)];
        EpochResult? best = null, last = null;
        Dataset data = TinyData.Make();
        using (var run = new FrozenBackboneRun(Options, network, data, TimeProvider.System))
        {
            run.Train(TinyData.Preprocessing, folder["cache"], result =>
            {
                last = result;
                if (result.Improved) best = result;
            }, null, CancellationToken.None);
        }
        Assert.Equal(30, last!.Epoch);
        Assert.True(best!.ValidationAccuracy > 0.7, $"{best.ValidationAccuracy}"); // chance is a third
        Assert.Equal(before, network.Nodes.SkipLast(1).SelectMany(n => n.Layer.Parameters).SelectMany(p => p.Value).ToArray());
        using var team = new ThreadTeam(1);
        ImageSet held = data[Split.Validation]!;
        float[] probabilities = new Evaluator(team).Probabilities(InferencePlan.Compile(network), TinyData.Preprocessing, held);
        Assert.Equal(best.ValidationAccuracy, ClassificationReport.Compute(held.Labels, probabilities, held.Classes).Accuracy, 1e-9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_with_or_without_a_cache()
    {
        float[] Trained(string cache)
        {
            Network network = Network();
            using var run = new FrozenBackboneRun(Options with { Optimisation = Options.Optimisation with { Epochs = 3 } }, network, TinyData.Make(), TimeProvider.System);
            run.Train(TinyData.Preprocessing, folder[cache], _ => { }, null, CancellationToken.None);
            return ((Linear)network.Nodes[^1].Layer).Weight.Value;
        }
        float[] first = Trained("a");
        Assert.Equal(first, Trained("b"));
        Assert.Equal(first, Trained("a"));
    }

    [Fact]
    public void Standardised_features_fold_into_the_layer_exactly_enough()
    {
        var random = new Random(3);
        float[][] features = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Range(0, 6).Select(i => i == 5 ? 7 : (float)(100 * random.NextDouble() + 1000 * i)).ToArray())];
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
                Assert.Equal(from.Bias!.Value[k] + standard.Select((f, i) => (double)f * from.Weight.Value[6 * k + i]).Sum(), to.Bias!.Value[k] + row.Select((f, i) => (double)f * to.Weight.Value[6 * k + i]).Sum(), 1e-4);
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
        Assert.Contains("freeze a number of blocks", Assert.ThrowsAny<TrainingException>(() => new FrozenBackboneRun(Options, builder.Build(), TinyData.Make(), TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verb_trains_a_head_and_leaves_a_model()
    {
        TinyModel.Make("residual").Save(folder["start.zip"]);
        for (int i = 0; i < 40; i++)
        {
            byte[] png = TinyData.Png(i % 2, i);
            EmotionMLNet.Files.AtomicFile.Write(folder[$"data/{(i < 28 ? "train" : "validation")}/{(i % 2 == 0 ? "left" : "low")}/{i}.png"], s => s.Write(png));
        }
        ProcessResult result = TrainerProcess.Run("train", "--data", folder["data"], "--backbone", folder["start.zip"], "--freeze", "all", "--epochs", "5", "--threads", "1", "--out", folder["run"], "--bottlenecks", folder["cache"]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("40 pictures through the frozen backbone", result.Error, StringComparison.Ordinal);
        Assert.Equal(6, File.ReadAllLines(Path.Combine(folder["run"], "log.jsonl")).Length); // with the start
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("evaluate", "--model", Path.Combine(folder["run"], "model.zip"), "--data", folder["data"]).Code);
    }

    private static Network Network() => TrainingParts.Network(Options, TinyData.Preprocessing, 3, new SilentReporter());
}
