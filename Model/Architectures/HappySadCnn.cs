using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Architectures;

/// <summary>
/// The two-class network of the student projects: four times [3x3 convolution without padding, batch norm, ReLU, 2x2 max-pool]
/// with 16, 32, 64 and 32 filters over 256x256 colour, flatten (6272), dense 256, and one sigmoid output for two classes.
/// </summary>
internal static class HappySadCnn
{
    private const int DenseFeatures = 256;

    public static Architecture Architecture { get; } =
        new(
            "happy-sad-cnn",
            "four conv-BN-pool blocks at 256x256 colour, dense 256, one sigmoid output",
            "the classic Keras happy/sad tutorial network, with batch norm",
            new ImagePreprocessing
            {
                Width = 256,
                Height = 256,
                Channels = 3,
                Mean = [0.5f, 0.5f, 0.5f],
                StandardDeviation = [0.25f, 0.25f, 0.25f],
            },
            Widths: [16, 32, 64, 32],
            Dropout: 0f,
            Head: classes => classes == 2 ? OutputHead.Sigmoid : OutputHead.Softmax,
            Build
        );

    private static Network Build(ArchitectureOptions options)
    {
        options.Blocks.Check(Architecture, Architecture.Widths.Count);
        IReadOnlyList<int> widths = options.Widths.Count > 0 ? options.Widths : Architecture.Widths;
        OutputHead head = Architecture.Head(options.Classes);
        var net = new NetworkBuilder(options.Input);
        int channels = options.Input.Channels;
        for (int i = 0; i < widths.Count; i++)
        {
            net.Add($"block{i + 1}.conv", new Conv2D(channels, widths[i], kernel: 3, bias: false));
            net.Add($"block{i + 1}.norm", new BatchNorm(widths[i]));
            net.Add($"block{i + 1}.relu", new ReLU());
            net.Add($"block{i + 1}.pool", new MaxPool(2));
            channels = widths[i];
        }
        int flat = net.Add("flatten", new Flatten());
        net.Add("dense", new Linear(net.ShapeOf(flat).Channels, DenseFeatures));
        net.Add("dense.relu", new ReLU());
        net.Add("dropout", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier", new Linear(DenseFeatures, head == OutputHead.Sigmoid ? 1 : options.Classes));
        return net.Build(head);
    }
}
