using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Support;

/// <summary>Small networks that together use every layer and every shape of graph.</summary>
internal static class SampleNetworks
{
    public static IEnumerable<string> Names =>
        ["plain", "residual", "branches", "depthwise", "gates", "shuffle", "borders", "sums", "gated sums", "ensemble"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="dropout">0 for gradient checks, which need one fixed function.</param>
    public static Network Make(string name, float dropout = 0)
    {
        if (name == "ensemble") return NetworkEnsemble.Join([Make("residual", dropout), Make("branches", dropout)], [2, 1]);
        var net = new NetworkBuilder(new Shape(9, 7, name == "plain" ? 1 : 3));
        switch (name)
        {
            case "plain":
                net.Add("conv", new Conv2D(1, 5, kernel: 3, padding: 1, bias: false));
                net.Add("norm", new BatchNorm(5));
                net.Add("relu", new ReLU());
                net.Add("pool", new MaxPool(2));
                net.Add("drop", new SpatialDropout(dropout));
                net.Add("flatten", new Flatten());
                net.Add("dense", new Linear(60, 6));
                net.Add("sigmoid", new Sigmoid());
                net.Add("drop2", new Dropout(dropout));
                break;
            case "residual":
                int stem = net.Add("stem", new Conv2D(3, 16, kernel: 3, padding: 1, bias: false));
                stem = net.Add("stem.norm", new BatchNorm(16));
                stem = net.Add("stem.relu", new ReLU());
                net.Add("a", new Conv2D(16, 16, kernel: 3, padding: 1, bias: false));
                net.Add("a.norm", new BatchNorm(16));
                net.Add("a.relu", new ReLU());
                net.Add("b", new Conv2D(16, 16, kernel: 3, padding: 1, bias: false));
                int main = net.Add("b.norm", new BatchNorm(16));
                int sum = net.Add("sum", new Add(), main, stem);
                sum = net.Add("sum.relu", new ReLU());
                net.Add("c", new Conv2D(16, 8, kernel: 3, stride: 2, padding: 1));
                main = net.Add("c.norm", new BatchNorm(8));
                net.Add("short", new Conv2D(16, 8, kernel: 1, stride: 2, bias: false), sum);
                int side = net.Add("short.norm", new BatchNorm(8));
                net.Add("sum2", new Add(), main, side);
                net.Add("sum2.relu6", new ReLU6());
                net.Add("pool", new GlobalAveragePool());
                break;
            case "sums": // every way in which a sum stands behind batch norm
                int trunk = net.Add("trunk", new Conv2D(3, 8, kernel: 3, padding: 1, bias: false));
                int normed = net.Add("trunk.norm", new BatchNorm(8));
                int twice = net.Add("twice", new Add(), normed, normed); // one tensor twice: not to be fused
                int own = net.Add("own.norm", new BatchNorm(8), twice);
                int ownSum = net.Add("own.sum", new Add(), own, twice); // batch norm's own input is the residual
                net.Add("own.relu6", new ReLU6());
                int pointwise = net.Add("pointwise", new Conv2D(8, 8, kernel: 1, bias: false));
                int plainSum = net.Add("pointwise.norm", new BatchNorm(8));
                // The sum before the rectifier is read again; no rectifier behind this one.
                plainSum = net.Add("plain.sum", new Add(), ownSum, plainSum);
                int third = net.Add("third.norm", new BatchNorm(8), pointwise);
                net.Add("three", new Add(), plainSum, third, plainSum); // three summands, one of them twice
                net.Add("last.norm", new BatchNorm(8));
                net.Add("last.relu6", new ReLU6());
                net.Add("last.pool", new MaxPool(2));
                net.Add("mean", new GlobalAveragePool());
                break;
            case "gated sums": // squeeze-and-excitation and stochastic depth before the sums of residual blocks
                int start = net.Add("start", new Conv2D(3, 8, kernel: 3, padding: 1, bias: false));
                start = net.Add("start.norm", new BatchNorm(8));
                int map = net.Add("one", new Conv2D(8, 8, kernel: 3, padding: 1, bias: false));
                map = net.Add("one.norm", new BatchNorm(8));
                net.Add("one.mean", new GlobalAveragePool());
                net.Add("one.fc", new Conv2D(8, 8, kernel: 1));
                net.Add("one.gate", new Sigmoid());
                int gates = net.Add("one.drop", new StochasticDepth(dropout));
                int gated = net.Add("one.scale", new Multiply(), map, gates);
                net.Add("one.sum", new Add(), gated, start);
                int done = net.Add("one.relu", new ReLU());
                net.Add("two", new Conv2D(8, 12, kernel: 3, stride: 2, padding: 1, bias: false));
                net.Add("two.norm", new BatchNorm(12));
                int dropped = net.Add("two.drop", new StochasticDepth(dropout));
                net.Add("two.short", new Conv2D(8, 12, kernel: 1, stride: 2, bias: false), done);
                int second = net.Add("two.short.norm", new BatchNorm(12));
                second = net.Add("two.sum", new Add(), dropped, second);
                net.Add("three", new Conv2D(12, 12, kernel: 3, padding: 1, bias: false)); // no rectifier before it: the sum is read twice
                net.Add("three.norm", new BatchNorm(12));
                dropped = net.Add("three.drop", new StochasticDepth(dropout));
                net.Add("three.sum", new Add(), second, dropped);
                net.Add("three.relu6", new ReLU6());
                net.Add("pool", new GlobalAveragePool());
                break;
            case "branches":
                int first = net.Add("first", new Conv2D(3, 6, kernel: 1));
                int left = net.Add("left", new Conv2D(6, 4, kernel: 3, padding: 1), first);
                int right = net.Add("right", new AveragePool(3, 1, 1), first);
                int three = net.Add("three", new Conv2D(6, 4, kernel: 5, padding: 2), first);
                net.Add("cat", new Concat(), left, right, three);
                net.Add("soft", new Softmax());
                net.Add("pool", new GlobalAveragePool());
                break;
            case "depthwise":
                net.Add("expand", new Conv2D(3, 12, kernel: 1, bias: false));
                net.Add("expand.norm", new BatchNorm(12));
                net.Add("expand.relu6", new ReLU6());
                net.Add("depth", new Conv2D(12, 12, kernel: 3, stride: 2, padding: 1, groups: 12, bias: false));
                net.Add("depth.norm", new BatchNorm(12));
                net.Add("depth.relu6", new ReLU6());
                net.Add("group", new Conv2D(12, 8, kernel: 1, groups: 4));
                net.Add("pool", new GlobalAveragePool());
                break;
            case "gates":
                net.Add("expand", new Conv2D(3, 12, kernel: 3, padding: 1, stride: 2));
                int swish = net.Add("hard", new HardSwish());
                net.Add("squeeze", new GlobalAveragePool());
                net.Add("fc1", new Conv2D(12, 4, kernel: 1));
                net.Add("silu", new SiLU());
                net.Add("fc2", new Conv2D(4, 12, kernel: 1));
                int gate = net.Add("gate", new HardSigmoid());
                net.Add("excite", new Multiply(), swish, gate);
                net.Add("clip", new Clip(-0.5f, 0.75f));
                int clipped = net.Add("floor", new Clip(-0.4f, float.PositiveInfinity));
                int soft = net.Add("sigmoid", new Sigmoid(), swish);
                net.Add("product", new Multiply(), clipped, soft);
                net.Add("pool", new GlobalAveragePool());
                net.Add("hidden", new Linear(12, 10));
                net.Add("hidden.swish", new HardSwish());
                break;
            case "shuffle":
                int wide = net.Add("wide", new Conv2D(3, 8, kernel: 3, padding: 1));
                int half = net.Add("first", new ChannelSlice(0, 4), wide);
                int other = net.Add("second", new ChannelSlice(4, 4), wide);
                other = net.Add("second.conv", new Conv2D(4, 4, kernel: 1), other);
                net.Add("cat", new Concat(), half, other);
                net.Add("deal", new ChannelShuffle(2));
                net.Add("flatten", new Flatten(channelsLast: true));
                break;
            case "borders":
                net.Add("pad", new Pad((1, 2, 0, 1), 0.25f));
                net.Add("conv", new Conv2D(3, 6, (3, 2), (2, 1), (1, 0), (1, 2), 3, bias: true));
                net.Add("max", new MaxPool((3, 2), (2, 1), (1, 0, 2, 1)));
                net.Add("mean", new AveragePool((2, 3), (1, 2), (1, 1, 0, 2), countPadding: false));
                net.Add("flatten", new Flatten());
                break;
            default:
                throw new ArgumentException($"No sample network is called '{name}'.");
        }
        int features = net.ShapeOf(net.Count - 1).Channels;
        net.Add("classifier", new Linear(features, 3));
        Network network = net.Build();
        network.Initialise(seed: 7);
        var random = new Random(8);
        foreach ((string parameter, Parameter p) in network.Parameters)
        {
            if (parameter.EndsWith("running_mean", StringComparison.Ordinal))
                foreach (ref float v in p.Values.AsSpan())
                    v = (float)(0.2 * random.NextDouble() - 0.1);
            if (parameter.EndsWith("running_var", StringComparison.Ordinal))
                foreach (ref float v in p.Values.AsSpan())
                    v = (float)(0.5 + random.NextDouble());
            if (parameter.StartsWith("classifier.weight", StringComparison.Ordinal))
                foreach (ref float v in p.Values.AsSpan())
                    v = (float)(random.NextDouble() - 0.5);
        }
        return network;
    }

    /// <summary>Fills a tensor with seeded values in [-1, 1].</summary>
    public static void Fill(Tensor tensor, int seed)
    {
        var random = new Random(seed);
        foreach (ref float v in tensor.Span) v = (float)(2 * random.NextDouble() - 1);
    }
}
