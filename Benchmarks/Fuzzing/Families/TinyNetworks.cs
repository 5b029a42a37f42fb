using EmotionMLNet.Training.Options;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Networks of a few hundred weights and models around them: quick to read, and with most kinds of layers.</summary>
internal static class TinyNetworks
{
    public const int Side = 8;

    public static Network Grey() => Make(1, OutputHead.Softmax, net =>
    {
        net.Add("conv", new Conv2D(1, 4, kernel: 3, padding: 1, stride: 2));
        net.Add("norm", new BatchNorm(4));
        net.Add("relu", new ReLU());
        net.Add("pool", new GlobalAveragePool());
        net.Add("classifier", new Linear(4, 3));
    });

    public static Network Residual() => Make(3, OutputHead.Softmax, net =>
    {
        net.Add("conv", new Conv2D(3, 4, kernel: 3, padding: 1, bias: false));
        net.Add("norm", new BatchNorm(4));
        int before = net.Add("relu", new ReLU6());
        int branch = net.Add("branch", new Conv2D(4, 4, kernel: 1));
        net.Add("add", new Add(), before, branch);
        net.Add("max", new MaxPool(2, 2));
        net.Add("flatten", new Flatten());
        net.Add("classifier", new Linear(4 * 4 * 4, 2));
    });

    public static Network Gated() => Make(1, OutputHead.Sigmoid, net =>
    {
        net.Add("expand", new Conv2D(1, 4, kernel: 1));
        net.Add("depth", new Conv2D(4, 4, kernel: 3, stride: 2, padding: 1, groups: 4, bias: false));
        int swish = net.Add("swish", new HardSwish());
        net.Add("squeeze", new GlobalAveragePool());
        net.Add("fc", new Conv2D(4, 4, kernel: 1));
        int gate = net.Add("gate", new HardSigmoid());
        net.Add("excite", new Multiply(), swish, gate);
        net.Add("pool", new GlobalAveragePool());
        net.Add("hidden", new Linear(4, 3));
        net.Add("silu", new SiLU());
        net.Add("classifier", new Linear(3, 1));
    });

    public static ModelZip Model(Network network, OnnxWeights weights = OnnxWeights.Full, bool full = false)
    {
        int channels = network.InputShape.Channels;
        var manifest = new ModelManifest
        {
            CreatedBy = "fuzz",
            CreatedAt = "2026-11-29T00:00:00Z",
            Architecture = "emotion-cnn",
            Labels = network.Classes == 3 ? ["angry", "happy", "sad"] : ["happy", "sad"],
            Head = network.Head,
            Weights = weights,
            Preprocessing = new ImagePreprocessing
            {
                Width = Side,
                Height = Side,
                Channels = channels,
                Mean = [.. Enumerable.Repeat(0.5f, channels)],
                StandardDeviation = [.. Enumerable.Repeat(0.25f, channels)],
            },
        };
        if (!full) return new ModelZip(network, manifest);
        var calibration = new CalibrationRecord
        {
            Temperature = 1.5,
            Split = "validation",
            Images = 9,
            Bins = 15,
            Folds = 5,
            ErrorBefore = 0.1,
            ErrorAfter = 0.05,
            ErrorCrossFitted = 0.06,
            LogLossBefore = 1,
            LogLossAfter = 0.9,
            LogLossCrossFitted = 0.95,
        };
        float[] bounds = new float[network.Nodes.Count + 1];
        return new ModelZip(
            network,
            manifest with
            {
                Calibration = calibration,
                DataFingerprint = new string('0', 64),
                TrainingNotes = ["one image left out"],
                Metrics = new Dictionary<string, double> { ["accuracy"] = 0.5, ["macroF1"] = 0.4 },
                Members =
                [
                    new EnsembleMember
                    {
                        File = "a.zip",
                        Sha256 = new string('1', 64),
                        Weight = 0.5,
                        Architecture = "emotion-cnn",
                        Parameters = 100,
                        CreatedBy = "fuzz",
                        Calibration = calibration,
                    },
                ],
                Quantisation = new ActivationRanges
                {
                    Least = [.. bounds.Select(_ => -1f)],
                    Largest = [.. bounds.Select(_ => 1f)],
                    Images = 4,
                },
                Settings = SettingsFile.ToElement(TrainingDefaults.For("emotion-cnn", "data")),
            }
        );
    }

    private static Network Make(int channels, OutputHead head, Action<NetworkBuilder> build)
    {
        var net = new NetworkBuilder(new Shape(Side, Side, channels));
        build(net);
        Network network = net.Build(head);
        network.Initialise(seed: 7);
        return network;
    }
}
