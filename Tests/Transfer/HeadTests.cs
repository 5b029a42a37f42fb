using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Tests.Transfer;

/// <summary>Heads of every kind: their shape, and their training against PyTorch's.</summary>
public sealed class HeadTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyData.Options with
    {
        FineTuning = new FineTuningOptions { From = "memory.zip", Freeze = Freezing.All },
        Optimisation = TinyData.Options.Optimisation with
        {
            Epochs = 12,
            BatchSize = 45,
            LearningRate = 0.02f,
            Metric = SelectionMetric.Loss,
        },
        Loss = new LossOptions { LabelSmoothing = 0.1f },
        Network = TinyData.Options.Network with { Dropout = null },
        Augmentation = AugmentationOptions.None,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PyTorchTheory]
    [InlineData("linear")]
    [InlineData("dense=10")]
    [InlineData("convolution")]
    public void A_head_learns_what_PyTorchs_learns_step_by_step(string kind)
    {
        HeadOptions? head = kind == "convolution" ? null : HeadOptions.Parse(kind);
        Network network =
            kind == "convolution" ? Convolutional() : HeadReplacement.Replace(TinyNetwork(), 3, OutputHead.Softmax, head, seed: 4);
        TrainingOptions options = Options with { FineTuning = Options.FineTuning with { Head = head } };
        Dataset data = TinyData.Make();
        using var source = new FeatureBatches(options, network, TinyData.Preprocessing, data, _ => folder["cache"]);
        int first = HeadReplacement.FindFirst(network, head is { Units: > 0 } ? 2 : 1), features = network.Nodes[first].Inputs[0];
        AtomicFile.WriteText(folder["case.in.json"], JsonSerializer.Serialize(new
        {
            features = Features(network, features, data[Split.Train]!),
            shape = new[] { network.ShapeOf(features).Height, network.ShapeOf(features).Width, network.ShapeOf(features).Channels },
            labels = data[Split.Train]!.Classes,
            parameters = source.Network.Parameters.Select(p => new { dimensions = p.Parameter.Dimensions, values = p.Parameter.Values }),
            epochs = options.Optimisation.Epochs,
            lr = options.Optimisation.LearningRate,
            smoothing = options.Loss.LabelSmoothing,
        }));
        PyTorch.Run("Transfer/head-training.py", folder.FullName);
        double[][][] expected = JsonSerializer.Deserialize<double[][][]>(File.ReadAllText(folder["case.out.json"]))!;

        int compared = 0;
        using var run = new TrainingRun(options, source, null, [new Watcher { OnEpochOf = Compare }], TimeProvider.System);
        run.Train(CancellationToken.None);
        Assert.Equal(options.Optimisation.Epochs, compared);

        void Compare(TrainingRun running, EpochResult result)
        {
            Parameter[] trained = [.. running.ValidatedNetwork.Nodes.Skip(first).SelectMany(n => n.Layer.Parameters)];
            for (int i = 0; i < trained.Length; i++)
            {
                double scale = expected[result.Epoch - 1][i].Max(Math.Abs);
                for (int j = 0; j < trained[i].Length; j++)
                    Assert.Equal(expected[result.Epoch - 1][i][j], trained[i].Values[j], 2e-4 * scale + 1e-6);
            }
            compared++;
        }
    }

    [Theory]
    [InlineData("linear", 0, 0)]
    [InlineData("linear,dropout=0.3", 0, 0.3f)]
    [InlineData("dense=256", 256, 0)]
    [InlineData("dense=256, dropout=0.5", 256, 0.5f)]
    public void A_head_is_told_in_words(string text, int units, float dropout)
    {
        HeadOptions head = HeadOptions.Parse(text);
        Assert.Equal((units == 0 ? null : (int?)units, dropout), (head.Units, head.Dropout));
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), head.ToString());
    }

    [Theory]
    [InlineData("dense")]
    [InlineData("dense=0")]
    [InlineData("dropout=0.5")]
    [InlineData("linear,dense=4")]
    public void Other_words_are_refused(string text) =>
        Assert.Contains(
            "give linear or dense=UNITS",
            Assert.Throws<FormatException>(() => HeadOptions.Parse(text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_dense_head_takes_the_place_of_the_last_layer_and_of_the_dropout_in_front_of_it()
    {
        Network before = TinyNetwork(),
            network = HeadReplacement.Replace(before, 5, OutputHead.Softmax, HeadOptions.Parse("dense=10,dropout=0.5"), seed: 4);
        Assert.IsType<Dropout>(before.Nodes[^2].Layer);
        Assert.Equal(
            ["Linear(128 → 10)", "ReLU", "Dropout(0.5)", "Linear(10 → 5)"],
            network.Nodes.TakeLast(4).Select(n => n.Layer.ToString())
        );
        Assert.Equal(before.Nodes.Count + 2, network.Nodes.Count);
        // Once more, on a network whose names are taken.
        Network again = HeadReplacement.Replace(network, 2, OutputHead.Softmax, HeadOptions.Parse("dense=6"), seed: 4);
        Assert.Equal(
            ["Linear(128 → 10)", "ReLU", "Linear(10 → 6)", "ReLU", "Linear(6 → 2)"],
            again.Nodes.TakeLast(5).Select(n => n.Layer.ToString())
        );
    }

    [Fact]
    public void A_convolution_that_makes_classes_takes_a_linear_head_alone()
    {
        Assert.Equal(
            "Dropout(0.5)",
            HeadReplacement
                .Replace(Convolutional(), 4, OutputHead.Softmax, HeadOptions.Parse("linear,dropout=0.5"), seed: 1)
                .Nodes[^4]
                .Layer.ToString()
        );
        Assert.Contains(
            "only a linear head",
            Assert
                .ThrowsAny<EmotionMLNet.Training.TrainingException>(() =>
                    HeadReplacement.Replace(Convolutional(), 4, OutputHead.Softmax, HeadOptions.Parse("dense=4"), seed: 1)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_verb_gives_a_saved_network_a_dense_head(bool frozen)
    {
        TinyModel.Make("residual").Save(folder["start.zip"]);
        for (int i = 0; i < 40; i++)
        {
            byte[] png = TinyData.Png(i % 2, i);
            AtomicFile.Write(
                folder[$"data/{(i < 28 ? "train" : "validation")}/{(i % 2 == 0 ? "left" : "low")}/{i}.png"],
                s => s.Write(png)
            );
        }
        string[] arguments =
        [
            "train",
            "--data",
            folder["data"],
            "--from",
            folder["start.zip"],
            "--head",
            "dense=12,dropout=0.2",
            "--epochs",
            "2",
            "--batch-size",
            "8",
            "--threads",
            "1",
            "--out",
            folder["run"],
            "--bottlenecks",
            folder["cache"],
        ];
        ProcessResult result = TrainerProcess.Run(frozen ? [.. arguments, "--freeze", "all"] : arguments);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("drawn anew as dense=12,dropout=0.2", result.Error, StringComparison.Ordinal);
        ModelZip model = ModelZip.Load(Path.Combine(folder["run"], "model.zip"));
        Assert.Equal(["ReLU", "Dropout(0.2)", "Linear(12 → 2)"], model.Network.Nodes.TakeLast(3).Select(n => n.Layer.ToString()));
        Assert.Equal(12, model.Manifest.Settings!.Value.GetProperty("fineTuning").GetProperty("head").GetProperty("units").GetInt32());
    }

    private static Network TinyNetwork() =>
        RunFactory.CreateNetwork(
            Options with
            {
                Network = Options.Network with { Dropout = 0.3f },
                FineTuning = Options.FineTuning with { From = null },
            },
            TinyData.Preprocessing,
            3,
            new SilentReporter()
        );

    // As SqueezeNet ends.
    private static Network Convolutional()
    {
        var builder = new NetworkBuilder(new Shape(TinyData.Side, TinyData.Side, 1));
        builder.Add("conv", new Conv2D(1, 6, kernel: 3, stride: 2, padding: 1));
        builder.Add("relu", new ReLU());
        builder.Add("classes", new Conv2D(6, 3, kernel: 1));
        builder.Add("classes.relu", new ReLU());
        builder.Add("pool", new GlobalAveragePool());
        Network network = builder.Build();
        network.Initialise(seed: 2);
        return network;
    }

    private static float[][] Features(Network network, int node, ImageSet images)
    {
        Network backbone = NetworkPrefix.Extract(network, node);
        using var cache = new TemporaryFolder();
        using var team = new ThreadTeam(1);
        return new FeatureExtractor(
            backbone,
            TinyData.Preprocessing,
            new BottleneckCache(cache["x"], backbone, TinyData.Preprocessing),
            team
        ).Compute(images, null, null, CancellationToken.None);
    }
}
