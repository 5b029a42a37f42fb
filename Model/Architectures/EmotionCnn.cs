using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Architectures;

/// <summary>
/// Our own network for small grey faces: stages of [3x3 convolution, batch norm, ReLU] twice and a 2x2 max-pool, after
/// Simonyan and Zisserman 2014 (arXiv:1409.1556), but with global average pooling (arXiv:1312.4400) where VGG spends most of
/// its parameters on a dense head. Native 48x48: nothing is blown up to 224 pixels that never held so many.
/// </summary>
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
        Build);

    private static Network Build(ArchitectureOptions options)
    {
        IReadOnlyList<int> widths = options.Widths.Count > 0 ? options.Widths : Architecture.Widths;
        var net = new NetworkBuilder(options.Input);
        int channels = options.Input.Channels;
        for (int stage = 0; stage < widths.Count; stage++)
        {
            for (int i = 0; i < 2; i++)
            {
                string name = $"stage{stage + 1}.{i + 1}";
                net.Add($"{name}.conv", new Conv2D(channels, widths[stage], kernel: 3, padding: 1, bias: false));
                net.Add($"{name}.norm", new BatchNorm(widths[stage]));
                net.Add($"{name}.relu", new ReLU());
                channels = widths[stage];
            }
            if (stage < widths.Count - 1) net.Add($"stage{stage + 1}.pool", new MaxPool(2));
        }
        net.Add("pool", new GlobalAveragePool());
        net.Add("dropout", new Dropout(options.Dropout ?? Architecture.Dropout));
        net.Add("classifier", new Linear(channels, options.Classes));
        return net.Build();
    }
}
