using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Inverted residuals with linear bottlenecks: Sandler et al. 2018, arXiv:1801.04381. Up to 64 pixels the first convolution has stride 1.
/// </summary>
internal static class MobileNetV2
{
    private const int Stem = 32, Last = 1280;

    // Expansion, channels, repeats, stride: table 2.
    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Stages =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    public static Architecture Architecture { get; } =
        new(
            "mobilenet-v2",
            "inverted residuals, depthwise",
            "arXiv:1801.04381",
            Backbone.Preprocessing,
            Widths: [],
            Dropout: 0.2f,
            Head: _ => OutputHead.Softmax,
            Build
        )
        {
            Changes = BlockChanges.StochasticDepth,
        };

    private static Network Build(ArchitectureOptions options)
    {
        var backbone = new Backbone(options);
        backbone.RefuseWidths("mobilenet-v2");
        options.Blocks.Check(Architecture, Stages.Length);
        int channels = backbone.Width(Stem), index = 1, blocks = Stages.Sum(s => s.Repeats);
        int last = backbone.ConvNorm(
            "features.0",
            options.Input.Channels,
            channels,
            kernel: 3,
            stride: backbone.SmallInput ? 1 : 2,
            activation: new ReLU6()
        );
        foreach ((int expansion, int width, int repeats, int stride) in Stages)
        {
            int outputs = backbone.Width(width);
            for (int i = 0; i < repeats; i++, index++)
                last = Block(
                    backbone,
                    $"features.{index}",
                    last,
                    outputs,
                    i == 0 ? stride : 1,
                    expansion,
                    ResidualBlock.DropRate(options.Blocks.StochasticDepth ?? 0, index - 1, blocks)
                );
        }
        int features = Math.Max(Last, backbone.Width(Last));
        backbone.ConvNorm($"features.{index}", backbone.Channels(last), features, kernel: 1, activation: new ReLU6());
        NetworkBuilder net = backbone.Net;
        net.Add("avgpool", new GlobalAveragePool());
        net.Add("classifier.0", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier.1", new Linear(features, options.Classes));
        return net.Build();
    }

    private static int Block(Backbone backbone, string name, int input, int outputs, int stride, int expansion, float dropRate)
    {
        int inputs = backbone.Channels(input), hidden = inputs * expansion, unit = 0;
        if (expansion != 1) backbone.ConvNorm($"{name}.conv.{unit++}", inputs, hidden, kernel: 1, activation: new ReLU6());
        backbone.ConvNorm($"{name}.conv.{unit++}", hidden, hidden, kernel: 3, stride, groups: hidden, activation: new ReLU6());
        backbone.ConvNorm(
            $"{name}.conv.{unit}",
            $"{name}.conv.{unit + 1}",
            "",
            hidden,
            outputs,
            kernel: 1,
            stride: 1,
            groups: 1,
            activation: null
        );
        return backbone.Residual(name, input, fits: stride == 1 && inputs == outputs, dropRate);
    }
}
