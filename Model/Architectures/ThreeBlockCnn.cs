using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Architectures;

/// <summary>
/// The seven-class network of the student projects: three times [3x3 convolution, batch norm, ReLU, 2x2 max-pool], a dense layer, one
/// output a class.
/// </summary>
internal static class ThreeBlockCnn
{
    private const int DenseFeatures = 128;

    public static Architecture Architecture { get; } = new(
        "three-block-cnn",
        "three conv-BN-pool blocks at 48x48 grey, dense 128",
        "the classic Keras FER2013 tutorial network",
        new ImagePreprocessing { Width = 48, Height = 48, Channels = 1, Mean = [0.507f], StandardDeviation = [0.255f] },
        Widths: [32, 64, 128],
        Dropout: 0.5f,
        Head: _ => OutputHead.Softmax,
        Build);

    private static Network Build(ArchitectureOptions options)
    {
        options.Blocks.Check(Architecture, Architecture.Widths.Count);
        IReadOnlyList<int> widths = options.Widths.Count > 0 ? options.Widths : Architecture.Widths;
        var net = new NetworkBuilder(options.Input);
        int channels = options.Input.Channels;
        for (int i = 0; i < widths.Count; i++)
        {
            net.Add($"block{i + 1}.conv", new Conv2D(channels, widths[i], kernel: 3, padding: 1, bias: false));
            net.Add($"block{i + 1}.norm", new BatchNorm(widths[i]));
            net.Add($"block{i + 1}.relu", new ReLU());
            net.Add($"block{i + 1}.pool", new MaxPool(2));
            channels = widths[i];
        }
        int flat = net.Add("flatten", new Flatten());
        net.Add("dense", new Linear(net.ShapeOf(flat).Channels, DenseFeatures));
        net.Add("dense.relu", new ReLU());
        net.Add("dropout", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier", new Linear(DenseFeatures, options.Classes));
        return net.Build();
    }
}
