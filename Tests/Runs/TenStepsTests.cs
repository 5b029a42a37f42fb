using System.Text.Json;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Layers;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

/// <summary>
/// Ten training losses, ten validation losses of the moving average and the final weights, against PyTorch from the same start.
/// </summary>
public sealed class TenStepsTests
{
    private const int Images = 12, Side = 8;

    private static readonly string[] Labels = ["a", "b", "c"];

    [Theory]
    [InlineData("plain"), InlineData("sharpness-aware")]
    public void Ten_steps_from_the_same_weights_equal_those_of_PyTorch(string name)
    {
        TenStepsGolden golden = JsonSerializer.Deserialize<TenStepsGolden>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "ten-steps.json")), JsonSerializerOptions.Web)!;
        GoldenRun expected = golden.Runs[name];
        var options = new TrainingOptions
        {
            Data = new() { Path = "golden" },
            Network = new() { Architecture = "golden" },
            Optimisation = new()
            {
                Epochs = 10,
                BatchSize = Images,
                Optimiser = OptimiserKind.Sgd,
                LearningRate = 0.2f,
                Momentum = 0.9f,
                WeightDecay = 0.01f,
                Schedule = ScheduleKind.Cosine,
                WarmUp = 2,
                ClipNorm = 0.5f,
                Sharpness = expected.Radius,
                WeightAverage = 0.8f,
            },
            Loss = new() { LabelSmoothing = 0.1f, ClassWeights = ClassWeighting.Parse("b=2,c=0.5") },
            Threads = 2,
            Augmentation = AugmentationOptions.None,
        };
        var preprocessing = new ImagePreprocessing
        {
            Width = Side,
            Height = Side,
            Channels = 1,
            Mean = [0.5f],
            StandardDeviation = [0.25f],
        };
        ImageSet Set(Split split) =>
            new(
                split,
                "golden",
                Labels,
                [.. Enumerable.Range(0, Images).Select(i => i % 3)],
                [.. golden.Pixels.Chunk(Side * Side)],
                new string[Images]
            );
        using var run = new TrainingRun(
            options,
            Network(golden.Start),
            preprocessing,
            new Dataset(Labels, [Set(Split.Train), Set(Split.Validation)], ""),
            null,
            [],
            TimeProvider.System
        );
        run.Train(CancellationToken.None);

        for (int epoch = 0; epoch < 10; epoch++)
        {
            EpochResult ours = run.Progress.History[epoch];
            Close($"training loss {epoch + 1}", expected.Epochs[epoch].TrainLoss, ours.TrainLoss);
            Close($"validation loss {epoch + 1}", expected.Epochs[epoch].ValidationLoss, ours.ValidationLoss);
        }
        foreach ((string parameterName, Parameter parameter) in run.Network.Parameters)
            LayersGolden.AssertClose(parameterName, expected.End[parameterName], parameter.Values, 1e-4f);

        static void Close(string what, double expected, double actual)
            => Assert.True(Math.Abs(expected - actual) < 2e-5, $"{what}: PyTorch {expected}, ours {actual} (Tests/Golden/ten-steps.py).");
    }

    private static Network Network(Dictionary<string, byte[]> start)
    {
        var net = new NetworkBuilder(new Shape(Side, Side, 1));
        net.Add("conv1", new Conv2D(1, 4, kernel: 3, padding: 1, bias: false));
        net.Add("norm1", new BatchNorm(4));
        net.Add("relu1", new ReLU());
        net.Add("pool1", new MaxPool(2));
        net.Add("conv2", new Conv2D(4, 6, kernel: 3, padding: 1, bias: false));
        net.Add("norm2", new BatchNorm(6));
        net.Add("relu2", new ReLU());
        net.Add("pool2", new GlobalAveragePool());
        net.Add("classifier", new Linear(6, 3));
        Network network = net.Build();
        foreach ((string name, Parameter parameter) in network.Parameters) LayersGolden.Floats(start[name]).CopyTo(parameter.Values, 0);
        return network;
    }

    /// <param name="Pixels">[Images, Side, Side].</param>
    /// <param name="Start">Parameters by name.</param>
    private sealed record TenStepsGolden(byte[] Pixels, Dictionary<string, byte[]> Start, Dictionary<string, GoldenRun> Runs);

    /// <param name="Radius">Of sharpness-aware minimisation; 0 is without.</param>
    /// <param name="End">Parameters after ten steps, not averaged.</param>
    private sealed record GoldenRun(float Radius, GoldenEpoch[] Epochs, Dictionary<string, byte[]> End);

    private sealed record GoldenEpoch(double TrainLoss, double ValidationLoss);
}
