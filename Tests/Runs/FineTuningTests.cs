using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class FineTuningTests
{
    private static readonly TrainingOptions Tuned = TinyData.Options with
    {
        FineTuning = TinyData.Options.FineTuning with { From = "memory.zip" },
        Optimisation = TinyData.Options.Optimisation with { WeightAverage = 0 },
        Augmentation = AugmentationOptions.None,
    };

    [Theory]
    [InlineData("residual", "stem:0 sum.relu:0 c:1 sum2.relu6:1 pool:2 classifier:2")]
    [InlineData("gates", "expand:0 hard:0 squeeze:0 excite:0 pool:1 hidden:1 classifier:1")] // the gate's vector is no new block
    [InlineData("plain", "conv:0 relu:0 pool:1 drop:1 flatten:2 classifier:2")]
    [InlineData("emotion-cnn", "stage1.1.conv:0 classifier:4")]
    public void Blocks_are_resolutions_and_the_head(string network, string expected)
    {
        Network made = OnnxRoundTripTests.Make(network);
        int[] blocks = NetworkBlocks.Find(made);
        foreach (string part in expected.Split(' '))
        {
            string name = part[..part.LastIndexOf(':')];
            int node = Enumerable
                .Range(0, made.Nodes.Count)
                .First(i => made.Nodes[i].Name == name || made.Nodes[i].Name.StartsWith(name, StringComparison.Ordinal));
            Assert.Equal(part, $"{name}:{blocks[node]}");
        }
        Assert.Equal(blocks.Order(), blocks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Frozen_blocks_keep_every_bit_running_statistics_included_and_the_others_learn(int frozen)
    {
        using TrainingRun run = TinyData.Run(
            Tuned with
            {
                FineTuning = Tuned.FineTuning with { Freeze = Freezing.First(frozen) },
                Optimisation = Tuned.Optimisation with { Epochs = 1 },
            }
        );
        int[] blocks = NetworkBlocks.Find(run.Network);
        float[][] before = [.. run.Network.Nodes.Select(Values)];
        run.Train(CancellationToken.None);
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] < frozen) Assert.Equal(before[i], Values(run.Network.Nodes[i]));
            else if (before[i].Length > 0) Assert.NotEqual(before[i], Values(run.Network.Nodes[i]));
        }
    }

    [Fact]
    public void Gradual_unfreezing_releases_one_block_after_the_other_from_the_head()
    {
        Network network = RunFactory.CreateNetwork(Tuned, TinyData.Preprocessing, 3, new SilentReporter());
        var stages = new FineTuning(
            Tuned with
            {
                FineTuning = Tuned.FineTuning with { UnfreezeEvery = 2, Freeze = Freezing.Parse("1") },
            },
            network
        );
        Assert.Equal(4, stages.Blocks);
        Assert.Equal([3, 3, 2, 2, 1, 1, 1], Enumerable.Range(0, 7).Select(epoch =>
        {
            stages.Enter(epoch);
            return stages.Frozen;
        }));
    }

    [Fact]
    public void The_learning_rate_falls_from_block_to_block()
    {
        Network network = RunFactory.CreateNetwork(Tuned, TinyData.Preprocessing, 3, new SilentReporter());
        new FineTuning(Tuned with { FineTuning = Tuned.FineTuning with { LayerDecay = 0.5f } }, network).Enter(0);
        int[] blocks = NetworkBlocks.Find(network);
        for (int i = 0; i < blocks.Length; i++)
            foreach (Parameter p in network.Nodes[i].Layer.Parameters) Assert.Equal(MathF.Pow(0.5f, 3 - blocks[i]), p.LearningRateFactor);
    }

    [Theory]
    [InlineData("Sgd")]
    [InlineData("AdamW")]
    [InlineData("RAdam")]
    public void A_factor_of_the_learning_rate_is_as_good_as_a_smaller_one(string name)
    {
        OptimiserKind kind = Enum.Parse<OptimiserKind>(name);
        float[] scaled = Stepped(kind, factor: 0.25f, rate: 0.1f), plain = Stepped(kind, factor: 1, rate: 0.025f);
        Assert.Equal(plain, scaled);
        Assert.NotEqual(plain, Stepped(kind, factor: 1, rate: 0.1f));
    }

    [Fact]
    public void Frozen_statistics_of_batch_norm_stay_while_its_weights_learn()
    {
        using TrainingRun run = TinyData.Run(
            Tuned with
            {
                FineTuning = Tuned.FineTuning with { FreezeNorm = true },
                Optimisation = Tuned.Optimisation with { Epochs = 1 },
            }
        );
        BatchNorm norm = run.Network.Nodes.Select(n => n.Layer).OfType<BatchNorm>().First();
        float[] statistics = [.. norm.RunningMean.Values, .. norm.RunningVariance.Values], weights = [.. norm.Weight.Values];
        run.Train(CancellationToken.None);
        Assert.Equal(statistics, norm.RunningMean.Values.Concat(norm.RunningVariance.Values).ToArray());
        Assert.NotEqual(weights, norm.Weight.Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_staged_run_that_is_interrupted_ends_with_the_bits_of_one_that_is_not(int epochs)
    {
        TrainingOptions options = Tuned with
        {
            FineTuning = Tuned.FineTuning with { UnfreezeEvery = 1, LayerDecay = 0.7f },
            Optimisation = Tuned.Optimisation with { Epochs = 5 },
        };
        using TrainingRun whole = TinyData.Run(options);
        whole.Train(CancellationToken.None);
        using var folder = new TemporaryFolder();
        using (var stop = new CancellationTokenSource())
        using (TrainingRun first = TinyData.Run(options, folder["run"], new StopAfter(epochs, stop))) first.Train(stop.Token);
        using TrainingRun second = TinyData.Run(options, folder["run"]);
        Assert.Equal(epochs, second.Progress.History.Count);
        second.Train(CancellationToken.None);
        Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(second.Network));
    }

    [Fact]
    public void More_blocks_than_there_are_cannot_be_frozen() =>
        Assert.Contains(
            "the network has 4 blocks",
            Assert
                .ThrowsAny<TrainingException>(() =>
                    new FineTuning(
                        Tuned with
                        {
                            FineTuning = Tuned.FineTuning with { Freeze = Freezing.Parse("4") },
                        },
                        RunFactory.CreateNetwork(Tuned, TinyData.Preprocessing, 3, new SilentReporter())
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    private static float[] Values(Node node) => [.. node.Layer.Parameters.SelectMany(p => p.Values)];

    private static float[] Stepped(OptimiserKind kind, float factor, float rate)
    {
        var parameter = new Parameter("weight", true, true, 11) { LearningRateFactor = factor, Gradient = new float[11] };
        for (int i = 0; i < 11; i++) parameter.Values[i] = i - 5;
        var optimiser = RunFactory.CreateOptimiser(
            Tuned with
            {
                Optimisation = Tuned.Optimisation with { Optimiser = kind, WeightDecay = 0.5f },
            },
            [parameter]
        );
        for (int step = 0; step < 8; step++)
        {
            for (int i = 0; i < 11; i++) parameter.Gradient[i] = MathF.Sin(i + step);
            optimiser.Step(rate);
        }
        return parameter.Values;
    }

    private sealed class StopAfter(int epochs, CancellationTokenSource stop) : ITrainingListener
    {
        public void OnEpochDone(TrainingRun run, EpochResult result)
        {
            if (result.Epoch == epochs) stop.Cancel();
        }
    }
}
