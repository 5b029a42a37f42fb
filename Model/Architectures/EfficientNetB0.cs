using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Inverted residuals with SiLU and squeeze-and-excitation: Tan and Le 2019, arXiv:1905.11946, the smallest of the family. Up to 64 pixels
/// the first convolution has stride 1. Stochastic depth rises from 0 at the first block, as in torchvision.
/// </summary>
internal static class EfficientNetB0
{
    private const int Stem = 32, LastFactor = 4;

    // Expansion, kernel, stride, channels, repeats: table 1.
    private static readonly (int Expansion, int Kernel, int Stride, int Channels, int Repeats)[] Stages =
        [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)];

    public static Architecture Architecture { get; } =
        new(
            "efficientnet-b0",
            "inverted residuals, SiLU, squeeze-and-excitation",
            "arXiv:1905.11946",
            Backbone.Preprocessing,
            Widths: [],
            Dropout: 0.2f,
            Head: _ => OutputHead.Softmax,
            Build
        )
        {
            Changes = BlockChanges.StochasticDepth,
            StochasticDepth = 0.2f,
        };

    private static Network Build(ArchitectureOptions options)
    {
        var backbone = new Backbone(options);
        backbone.RefuseWidths("efficientnet-b0");
        options.Blocks.Check(Architecture, Stages.Length);
        float dropRate = options.Blocks.StochasticDepth ?? Architecture.StochasticDepth;
        int block = 0, blocks = Stages.Sum(s => s.Repeats);
        int last = backbone.ConvNorm(
            "features.0",
            options.Input.Channels,
            backbone.Width(Stem),
            kernel: 3,
            stride: backbone.SmallInput ? 1 : 2,
            activation: new SiLU()
        );
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            (int expansion, int kernel, int stride, int width, int repeats) = Stages[stage];
            for (int i = 0; i < repeats; i++)
                last = Block(
                    backbone,
                    $"features.{stage + 1}.{i}.block",
                    last,
                    expansion,
                    kernel,
                    i == 0 ? stride : 1,
                    backbone.Width(width),
                    dropRate * block++ / blocks
                );
        }
        int channels = backbone.Channels(last), features = LastFactor * channels;
        backbone.ConvNorm($"features.{Stages.Length + 1}", channels, features, kernel: 1, activation: new SiLU());
        NetworkBuilder net = backbone.Net;
        net.Add("avgpool", new GlobalAveragePool());
        net.Add("classifier.0", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier.1", new Linear(features, options.Classes) { Start = LinearStart.FanOut });
        return net.Build();
    }

    private static int Block(Backbone backbone, string name, int input, int expansion, int kernel, int stride, int outputs, float dropRate)
    {
        int inputs = backbone.Channels(input), hidden = Backbone.Divisible(inputs * expansion), unit = 0;
        if (hidden != inputs) backbone.ConvNorm($"{name}.{unit++}", inputs, hidden, kernel: 1, activation: new SiLU());
        backbone.ConvNorm($"{name}.{unit++}", hidden, hidden, kernel, stride, groups: hidden, activation: new SiLU());
        backbone.SqueezeExcite($"{name}.{unit++}", hidden, Math.Max(1, inputs / 4), new SiLU(), new Sigmoid());
        backbone.ConvNorm($"{name}.{unit}", hidden, outputs, kernel: 1);
        return backbone.Residual(name, input, fits: stride == 1 && inputs == outputs, dropRate);
    }
}
