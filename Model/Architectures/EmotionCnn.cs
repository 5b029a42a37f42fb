using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Our own network for small grey faces: stages of [3x3 convolution, batch norm, ReLU] twice and a 2x2 max-pool, after
/// Simonyan and Zisserman 2014 (arXiv:1409.1556), but with global average pooling (arXiv:1312.4400) where VGG spends most of
/// its parameters on a dense head. Native 48x48: nothing is blown up to 224 pixels that never held so many.
/// </summary>
/// <remarks>
/// <para>With <see cref="BlockKind.Residual"/> the convolutions of a stage form blocks of two with a shortcut around them (He et al. 2015,
/// arXiv:1512.03385): the identity, or a 1x1 convolution and batch norm where channels change. An odd convolution stands before the blocks.
/// The
/// two that read the picture itself have no shortcut: it would carry one grey channel past them, at the cost of the largest map.</para>
/// <para>Squeeze-and-excitation stands at the end of a residual branch, as in SE-ResNet; in plain stages behind the max-pool, where the map
/// is a
/// quarter: scaling a channel by a positive gate and taking maxima commute. Its gates carry the stochastic depth too, because dropping
/// the gates of an image drops its branch, at the price of a vector instead of a map.</para>
/// </remarks>
internal static class EmotionCnn
{
    public static Architecture Architecture { get; } = new(
        "emotion-cnn",
        "VGG-style, native 48x48 grey, global average pooling",
        "arXiv:1409.1556, arXiv:1312.4400",
        new ImagePreprocessing { Width = 48, Height = 48, Channels = 1, Mean = [0.507f], StandardDeviation = [0.255f] },
        Widths: [32, 64, 128, 256],
        Dropout: 0.3f,
        Head: _ => OutputHead.Softmax,
        Build)
    {
        Changes = BlockChanges.Kind | BlockChanges.Squeeze | BlockChanges.Depths | BlockChanges.StochasticDepth,
    };

    private static Network Build(ArchitectureOptions options)
    {
        IReadOnlyList<int> widths = options.Widths.Count > 0 ? options.Widths : Architecture.Widths;
        BlockOptions blocks = options.Blocks;
        blocks.Check(Architecture, widths.Count);
        int[] depths = blocks.Depths.Count > 0 ? [.. blocks.Depths] : [.. widths.Select(_ => 2)];
        bool residual = blocks.Kind == BlockKind.Residual;
        int block = 0, all = depths.Sum(d => d / 2) - (depths[0] % 2 == 0 ? 1 : 0);
        var net = new NetworkBuilder(options.Input);
        for (int stage = 0; stage < widths.Count; stage++)
        {
            string name = $"stage{stage + 1}";
            for (int i = 0; i < depths[stage];)
            {
                if (residual && (depths[stage] - i) % 2 == 0 && net.Count > 0)
                {
                    Block(
                        net,
                        name,
                        i + 1,
                        widths[stage],
                        blocks.SqueezeReduction,
                        ResidualBlock.DropRate(blocks.StochasticDepth ?? 0, block++, all)
                    );
                    i += 2;
                }
                else
                {
                    Convolution(net, $"{name}.{++i}", widths[stage]);
                    net.Add($"{name}.{i}.relu", new ReLU());
                }
            }
            if (stage < widths.Count - 1) net.Add($"{name}.pool", new MaxPool(2));
            if (!residual && blocks.SqueezeReduction > 0)
            {
                int x = net.Count - 1;
                net.Add($"{name}.se.scale", new Multiply(), x, Gate(net, $"{name}.se", widths[stage], blocks.SqueezeReduction));
            }
        }
        int channels = net.ShapeOf(net.Count - 1).Channels;
        net.Add("pool", new GlobalAveragePool());
        net.Add("dropout", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier", new Linear(channels, options.Classes));
        return net.Build();
    }

    // Convolution number first of a stage and the one behind it, with a shortcut around both.
    private static void Block(NetworkBuilder net, string stage, int first, int width, int squeeze, float dropRate)
    {
        int input = net.Count - 1;
        string second = $"{stage}.{first + 1}";
        Convolution(net, $"{stage}.{first}", width);
        net.Add($"{stage}.{first}.relu", new ReLU());
        int branch = Convolution(net, second, width);
        if (squeeze > 0)
        {
            Gate(net, $"{second}.se", width, squeeze);
            int gate = ResidualBlock.Drop(net, $"{second}.drop", dropRate);
            branch = net.Add($"{second}.se.scale", new Multiply(), branch, gate);
        }
        else
        {
            branch = ResidualBlock.Drop(net, $"{second}.drop", dropRate);
        }
        int shortcut = input;
        if (net.ShapeOf(input) != net.ShapeOf(branch))
        {
            net.Add($"{second}.shortcut.conv", new Conv2D(net.ShapeOf(input).Channels, width, kernel: 1, bias: false), input);
            shortcut = net.Add($"{second}.shortcut.norm", new BatchNorm(width));
        }
        net.Add($"{second}.add", new Add(), branch, shortcut);
        net.Add($"{second}.relu", new ReLU());
    }

    private static int Convolution(NetworkBuilder net, string name, int width)
    {
        net.Add($"{name}.conv", new Conv2D(net.ShapeOf(net.Count - 1).Channels, width, kernel: 3, padding: 1, bias: false));
        return net.Add($"{name}.norm", new BatchNorm(width));
    }

    private static int Gate(NetworkBuilder net, string name, int width, int squeeze)
        => ResidualBlock.Gate(net, name, width, Math.Max(1, width / squeeze), new ReLU(), new Sigmoid());
}
