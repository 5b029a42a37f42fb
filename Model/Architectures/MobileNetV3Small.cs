using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Searched inverted residuals with hard-swish and squeeze-and-excitation: Howard et al. 2019, arXiv:1905.02244, the small one. Up to 64
/// pixels the first convolution has stride 1.
/// </summary>
internal static class MobileNetV3Small
{
    private const int Stem = 16, LastFactor = 6, Dense = 1024;

    // Kernel, expanded, channels, squeeze-and-excitation, hard-swish, stride: table 2.
    private static readonly (int Kernel, int Expanded, int Channels, bool Squeeze, bool HardSwish, int Stride)[] Blocks =
    [
        (3, 16, 16, true, false, 2),
        (3, 72, 24, false, false, 2),
        (3, 88, 24, false, false, 1),
        (5, 96, 40, true, true, 2),
        (5, 240, 40, true, true, 1),
        (5, 240, 40, true, true, 1),
        (5, 120, 48, true, true, 1),
        (5, 144, 48, true, true, 1),
        (5, 288, 96, true, true, 2),
        (5, 576, 96, true, true, 1),
        (5, 576, 96, true, true, 1),
    ];

    public static Architecture Architecture { get; } =
        new(
            "mobilenet-v3-small",
            "inverted residuals, hard-swish, squeeze-and-excitation",
            "arXiv:1905.02244",
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
        var backbone = new Backbone(options, epsilon: 1e-3f, momentum: 0.01f);
        backbone.RefuseWidths("mobilenet-v3-small");
        options.Blocks.Check(Architecture, Blocks.Length);
        int last = backbone.ConvNorm(
            "features.0",
            options.Input.Channels,
            backbone.Width(Stem),
            kernel: 3,
            stride: backbone.SmallInput ? 1 : 2,
            activation: new HardSwish()
        );
        for (int i = 0; i < Blocks.Length; i++)
            last = Block(
                backbone,
                $"features.{i + 1}.block",
                last,
                Blocks[i],
                ResidualBlock.DropRate(options.Blocks.StochasticDepth ?? 0, i, Blocks.Length)
            );
        int channels = backbone.Channels(last), features = LastFactor * channels, dense = backbone.Width(Dense);
        backbone.ConvNorm($"features.{Blocks.Length + 1}", channels, features, kernel: 1, activation: new HardSwish());
        NetworkBuilder net = backbone.Net;
        net.Add("avgpool", new GlobalAveragePool());
        net.Add("classifier.0", new Linear(features, dense));
        net.Add("classifier.1", new HardSwish());
        net.Add("classifier.2", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier.3", new Linear(dense, options.Classes));
        return net.Build();
    }

    private static int Block(
        Backbone backbone,
        string name,
        int input,
        (int Kernel, int Expanded, int Channels, bool Squeeze, bool HardSwish, int Stride) b,
        float dropRate
    )
    {
        int inputs = backbone.Channels(input), hidden = backbone.Width(b.Expanded), outputs = backbone.Width(b.Channels), unit = 0;
        Layer Activation() => b.HardSwish ? new HardSwish() : new ReLU();
        if (hidden != inputs) backbone.ConvNorm($"{name}.{unit++}", inputs, hidden, kernel: 1, activation: Activation());
        backbone.ConvNorm($"{name}.{unit++}", hidden, hidden, b.Kernel, b.Stride, groups: hidden, activation: Activation());
        if (b.Squeeze) backbone.SqueezeExcite($"{name}.{unit++}", hidden, Backbone.Divisible(hidden / 4), new ReLU(), new HardSigmoid());
        backbone.ConvNorm($"{name}.{unit}", hidden, outputs, kernel: 1);
        return backbone.Residual(name, input, fits: b.Stride == 1 && inputs == outputs, dropRate);
    }
}
