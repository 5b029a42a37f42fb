using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Faces;

/// <summary>
/// A fully convolutional network without anchors (FCOS: Tian et al. 2019, arXiv:1904.01355) on a feature pyramid (Lin et al. 2017,
/// arXiv:1612.03144): plain 3x3 convolutions down to a stride of 32, sums from coarse to fine, and a head a level. The first convolution
/// has a stride of 4: what is finer costs half of the time, and faces of twelve pixels are found without it.
/// </summary>
/// <remarks>
/// Output, for each image: the levels of <see cref="FaceLevel.All"/>, fine to coarse; in each the cells row by row; in each cell
/// <see cref="FaceLevel.Values"/> numbers.
/// </remarks>
internal static class FaceNetwork
{
    /// <summary>The name in manifests and settings.</summary>
    public const string Name = "face-pyramid";

    /// <summary>Sides of the input are multiples of this.</summary>
    public const int Multiple = 32;

    // So that all cells together begin with few faces: sigmoid(-4) = 0.018, as focal losses want it (arXiv:1708.02002, section 4.1).
    private const float FirstLogit = -4;

    /// <summary>Channels at the strides 4, 8, 16, 32.</summary>
    public static IReadOnlyList<int> StandardWidths { get; } = [32, 48, 96, 96];

    /// <summary>Builds the network.</summary>
    /// <param name="height">Rows of the input, a multiple of <see cref="Multiple"/>.</param>
    /// <param name="width">Columns of the input, likewise.</param>
    /// <param name="widths">Channels at the strides 4 to 32.</param>
    /// <param name="pyramid">Channels of the pyramid and of the heads.</param>
    /// <exception cref="ArgumentException">A size is not such a multiple, or there are not four widths.</exception>
    public static Network Build(int height, int width, IReadOnlyList<int> widths, int pyramid)
    {
        if (height < Multiple || width < Multiple || height % Multiple != 0 || width % Multiple != 0)
            throw new ArgumentException($"{width} x {height}: sides are multiples of {Multiple}.");
        if (widths.Count != 4) throw new ArgumentException($"Four widths are wanted, got {widths.Count}.");
        var net = new NetworkBuilder(new Shape(height, width, 1));
        var taps = new int[widths.Count];
        Convolve(net, "stem", widths[0], kernel: 7, stride: 4);
        Convolve(net, "stage1", widths[0]);
        for (int i = 1; i < widths.Count; i++)
        {
            Convolve(net, $"stage{i + 1}.down", widths[i], stride: 2);
            for (int k = 1; k < Convolutions(i); k++) taps[i] = Convolve(net, $"stage{i + 1}.{k}", widths[i]);
        }
        int coarse = Project(net, "lateral32", taps[3], pyramid);
        int middle = Merge(net, "lateral16", taps[2], coarse, pyramid);
        int fine = Merge(net, "lateral8", taps[1], middle, pyramid);
        int[] maps = [fine, middle, coarse];
        int[] heads = [.. FaceLevel.All.Select((level, i) => Head(net, HeadName(level), maps[i], pyramid))];
        net.Add("cells", new Concat(), heads);
        return net.Build();
    }

    /// <summary>What the nodes of a level's head are called before the dot; "cells" gives its map.</summary>
    public static string HeadName(FaceLevel level) => $"head{level.Stride}";

    /// <summary>Values of the matrices and kernels of such a network, without building it.</summary>
    /// <param name="widths">Channels at the strides 4 to 32.</param>
    /// <param name="pyramid">Channels of the pyramid and of the heads.</param>
    public static long CountWeights(IReadOnlyList<int> widths, int pyramid)
    {
        long weights = (49 + 9L * widths[0]) * widths[0];
        for (int i = 1; i < widths.Count; i++)
            weights += 9L * widths[i] * (widths[i - 1] + (Convolutions(i) - 1) * widths[i]);
        foreach (int tap in widths.Skip(1)) weights += (long)tap * pyramid;
        return weights + FaceLevel.All.Count * (9L * pyramid + FaceLevel.Values) * pyramid;
    }

    /// <summary>Draws the first weights.</summary>
    public static void Initialise(Network network, int seed)
    {
        network.Initialise(seed);
        foreach (Node node in network.Nodes)
            if (node.Name.StartsWith("head", StringComparison.Ordinal) && node.Layer is Conv2D { Bias: { } bias } output)
            {
                for (int i = 0; i < output.Weight.Length; i++) output.Weight.Values[i] *= 0.3f;
                bias.Values[0] = FirstLogit;
            }
    }

    // Of a stage, the one that halves the sides included. The coarsest has few cells, and the sums behind it: two are enough there.
    private static int Convolutions(int stage) => stage < 3 ? 3 : 2;

    private static int Convolve(NetworkBuilder net, string name, int width, int kernel = 3, int stride = 1)
    {
        int channels = net.ShapeOf(net.Count - 1).Channels;
        net.Add($"{name}.conv", new Conv2D(channels, width, kernel, stride, padding: kernel / 2, bias: false));
        net.Add($"{name}.norm", new BatchNorm(width));
        return net.Add($"{name}.relu", new ReLU());
    }

    private static int Project(NetworkBuilder net, string name, int input, int width)
    {
        net.Add($"{name}.conv", new Conv2D(net.ShapeOf(input).Channels, width, kernel: 1, bias: false), input);
        net.Add($"{name}.norm", new BatchNorm(width));
        return net.Add($"{name}.relu", new ReLU());
    }

    private static int Merge(NetworkBuilder net, string name, int input, int coarser, int width)
    {
        int enlarged = net.Add($"{name}.up", new Upsample(), coarser);
        net.Add($"{name}.conv", new Conv2D(net.ShapeOf(input).Channels, width, kernel: 1, bias: false), input);
        int projected = net.Add($"{name}.norm", new BatchNorm(width));
        net.Add($"{name}.add", new Add(), projected, enlarged);
        return net.Add($"{name}.relu", new ReLU());
    }

    private static int Head(NetworkBuilder net, string name, int input, int width)
    {
        net.Add($"{name}.conv", new Conv2D(width, width, kernel: 3, padding: 1, bias: false), input);
        net.Add($"{name}.norm", new BatchNorm(width));
        net.Add($"{name}.relu", new ReLU());
        net.Add($"{name}.cells", new Conv2D(width, FaceLevel.Values, kernel: 1));
        return net.Add($"{name}.flat", new Flatten(channelsLast: true));
    }
}
