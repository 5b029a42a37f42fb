using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>The reference network of all speed comparisons: grey 48x48, four stages of [3x3 convolution, batch norm, ReLU] twice and a
/// 2x2 max-pool, 32/64/128/256 filters, flatten 2304-256-7; 0.235 GFLOP a forward image.</summary>
internal static class NetworkR
{
    public static Network Make()
    {
        var net = new NetworkBuilder(new Shape(48, 48, 1));
        int channels = 1;
        foreach (int width in new[] { 32, 64, 128, 256 })
        {
            for (int i = 1; i <= 2; i++)
            {
                net.Add($"conv{width}.{i}", new Conv2D(channels, width, kernel: 3, padding: 1, bias: false));
                net.Add($"norm{width}.{i}", new BatchNorm(width));
                net.Add($"relu{width}.{i}", new ReLU());
                channels = width;
            }
            net.Add($"pool{width}", new MaxPool(2));
        }
        net.Add("flatten", new Flatten());
        net.Add("dense", new Linear(2304, 256));
        net.Add("dense.relu", new ReLU());
        net.Add("classifier", new Linear(256, 7));
        Network network = net.Build();
        network.Initialise(seed: 1);
        return network;
    }
}
