using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Architectures;

/// <summary>The parts that residual blocks of all families share.</summary>
internal static class ResidualBlock
{
    /// <summary>Drops images of the branch that ends in the last node, where the rate is not 0.</summary>
    /// <returns>The branch's new end.</returns>
    public static int Drop(NetworkBuilder net, string name, float rate) =>
        rate > 0 ? net.Add(name, new StochasticDepth(rate)) : net.Count - 1;

    /// <summary>
    /// The linear decay rule of Huang et al. 2016 (arXiv:1603.09382, eq. 4): the last of <paramref name="blocks"/> is dropped with the
    /// whole rate.
    /// </summary>
    /// <param name="rate">The drop rate of the last block.</param>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="blocks">All of them.</param>
    public static float DropRate(float rate, int block, int blocks) => rate * (block + 1) / blocks;

    /// <summary>
    /// The gates of squeeze-and-excitation (Hu et al. 2017, arXiv:1709.01507), one a channel of the last node, with 1x1 convolutions fc1
    /// and fc2.
    /// </summary>
    public static int Gate(NetworkBuilder net, string prefix, int channels, int squeezed, Layer activation, Layer gate)
    {
        net.Add($"{prefix}.avgpool", new GlobalAveragePool());
        net.Add($"{prefix}.fc1", new Conv2D(channels, squeezed, kernel: 1));
        net.Add($"{prefix}.activation", activation);
        net.Add($"{prefix}.fc2", new Conv2D(squeezed, channels, kernel: 1));
        return net.Add($"{prefix}.scale_activation", gate);
    }
}
