using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Residual networks (He et al. 2015, arXiv:1512.03385) as torchvision builds them: the stride of a bottleneck stands at its 3x3
/// convolution. Up to 64 pixels there is no max-pool behind the stem.
/// </summary>
internal static class ResNet
{
    private static readonly int[] Widths = [64, 128, 256, 512];

    public static Architecture ResNet18 { get; } = Make("resnet18", "residual, basic blocks", [2, 2, 2, 2], bottleneck: false);

    public static Architecture ResNet50 { get; } = Make("resnet50", "residual, bottleneck blocks", [3, 4, 6, 3], bottleneck: true);

    private static Architecture Make(string name, string description, int[] blocks, bool bottleneck) =>
        new(
            name,
            description,
            "arXiv:1512.03385",
            Backbone.Preprocessing,
            Widths,
            Dropout: 0,
            Head: _ => OutputHead.Softmax,
            options => Build(name, options, blocks, bottleneck)
        )
        {
            Changes = BlockChanges.StochasticDepth,
        };

    private static Network Build(string name, ArchitectureOptions options, int[] blocks, bool bottleneck)
    {
        var backbone = new Backbone(options);
        options.Blocks.Check(Catalogue.Find(name)!, blocks.Length);
        NetworkBuilder net = backbone.Net;
        int[] widths = [.. (options.Widths.Count > 0 ? options.Widths : Widths).Select(w => backbone.Width(w))];
        if (widths.Length != blocks.Length)
            throw new ArgumentException($"widths is {string.Join(',', options.Widths)}: give {blocks.Length} numbers, one a stage");
        net.Add("conv1", new Conv2D(options.Input.Channels, widths[0], kernel: 7, stride: 2, padding: 3, bias: false));
        net.Add("bn1", new BatchNorm(widths[0]));
        int last = net.Add("relu", new ReLU());
        if (!backbone.SmallInput) last = net.Add("maxpool", new MaxPool(3, stride: 2, padding: 1));
        int block = 0;
        for (int stage = 0; stage < blocks.Length; stage++)
            for (int i = 0; i < blocks[stage]; i++)
                last = Block(
                    backbone,
                    $"layer{stage + 1}.{i}",
                    last,
                    widths[stage],
                    stride: stage > 0 && i == 0 ? 2 : 1,
                    bottleneck,
                    ResidualBlock.DropRate(options.Blocks.StochasticDepth ?? 0, block++, blocks.Sum())
                );
        net.Add("avgpool", new GlobalAveragePool());
        float dropout = options.Dropout ?? 0;
        if (dropout > 0) net.Add("dropout", new Dropout(dropout));
        net.Add("fc", new Linear(backbone.Channels(last), options.Classes) { Start = LinearStart.FanIn });
        return net.Build();
    }

    private static int Block(Backbone backbone, string name, int input, int width, int stride, bool bottleneck, float dropRate)
    {
        NetworkBuilder net = backbone.Net;
        int inputs = backbone.Channels(input), outputs = bottleneck ? 4 * width : width;
        int last;
        if (bottleneck)
        {
            last = Unit(1, inputs, width, kernel: 1, 1, input, relu: true);
            last = Unit(2, width, width, kernel: 3, stride, last, relu: true);
            last = Unit(3, width, outputs, kernel: 1, 1, last, relu: false);
        }
        else
        {
            last = Unit(1, inputs, width, kernel: 3, stride, input, relu: true);
            last = Unit(2, width, outputs, kernel: 3, 1, last, relu: false);
        }
        last = ResidualBlock.Drop(net, $"{name}.drop", dropRate);
        int shortcut =
            stride == 1 && inputs == outputs
                ? input
                : backbone.ConvNorm($"{name}.downsample", inputs, outputs, kernel: 1, stride, from: input);
        net.Add($"{name}.add", new Add(), last, shortcut);
        return net.Add($"{name}.relu", new ReLU());

        int Unit(int i, int from, int to, int kernel, int step, int node, bool relu) =>
            backbone.ConvNorm(
                $"{name}.conv{i}",
                $"{name}.bn{i}",
                $"{name}.relu{i}",
                from,
                to,
                kernel,
                step,
                groups: 1,
                relu ? new ReLU() : null,
                node
            );
    }
}
