using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Thirteen 3x3 convolutions with batch norm: Simonyan and Zisserman 2014, arXiv:1409.1556, configuration D, as torchvision's vgg16_bn.
/// </summary>
/// <remarks>
/// At 224 pixels, and wherever the last map is 7x7, the head is the published one: 25088-4096-4096-K, 124 million parameters. At other
/// sizes it is global average pooling and one linear layer, called like the last of the three: on a map of 1x1 or 3x3 the dense layers
/// would learn nothing but the training set.
/// </remarks>
internal static class Vgg16
{
    private const int Map = 7, Dense = 4096;

    private static readonly int[] Widths = [64, 128, 256, 512, 512], Repeats = [2, 2, 3, 3, 3];

    public static Architecture Architecture { get; } =
        new(
            "vgg16",
            "3x3 convolutions and batch norm",
            "arXiv:1409.1556",
            Backbone.Preprocessing,
            Widths,
            Dropout: 0.5f,
            Head: _ => OutputHead.Softmax,
            Build
        );

    private static Network Build(ArchitectureOptions options)
    {
        options.Blocks.Check(Architecture, Architecture.Widths.Count);
        var backbone = new Backbone(options);
        NetworkBuilder net = backbone.Net;
        int[] widths = [.. (options.Widths.Count > 0 ? options.Widths : Widths).Select(w => backbone.Width(w))];
        if (widths.Length != Repeats.Length)
            throw new ArgumentException($"widths is {string.Join(',', options.Widths)}: give {Repeats.Length} numbers, one a stage");
        int channels = options.Input.Channels, index = 0, last = Network.Input;
        for (int stage = 0; stage < widths.Length; stage++)
        {
            for (int i = 0; i < Repeats[stage]; i++)
            {
                net.Add($"features.{index++}", new Conv2D(channels, widths[stage], kernel: 3, padding: 1));
                net.Add($"features.{index++}", new BatchNorm(widths[stage]));
                last = net.Add($"features.{index++}", new ReLU());
                channels = widths[stage];
            }
            last = net.Add($"features.{index++}", new MaxPool(2));
        }
        float dropout = options.Dropout ?? Architecture.Dropout;
        if (net.ShapeOf(last) is not { Height: Map, Width: Map })
        {
            net.Add("avgpool", new GlobalAveragePool());
            net.Add("dropout", new Dropout(dropout));
            net.Add("classifier.6", new Linear(channels, options.Classes));
            return net.Build();
        }
        net.Add("flatten", new Flatten());
        net.Add("classifier.0", new Linear(channels * Map * Map, Dense));
        net.Add("classifier.1", new ReLU());
        net.Add("classifier.2", new Dropout(dropout));
        net.Add("classifier.3", new Linear(Dense, Dense));
        net.Add("classifier.4", new ReLU());
        net.Add("classifier.5", new Dropout(dropout));
        net.Add("classifier.6", new Linear(Dense, options.Classes));
        return net.Build();
    }
}
