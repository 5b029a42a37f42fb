using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>The order in which a network wants the colours.</summary>
internal static class ChannelOrder
{
    /// <summary>
    /// The same function of pictures whose channels stand in the opposite order: RGB for BGR. Weights of the layers that read the picture
    /// are turned round, so that it costs nothing and rounds nothing; all other layers are shared.
    /// </summary>
    /// <exception cref="ArgumentException">Something else than a convolution reads the picture.</exception>
    public static Network Reverse(Network network)
    {
        var builder = new NetworkBuilder(network.InputShape);
        var untouched = new HashSet<int> { Network.Input }; // the picture, and what only puts a border around it
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            Layer layer = node.Layer;
            if (node.Inputs.Any(untouched.Contains))
            {
                if (layer is Pad) untouched.Add(i);
                else
                    layer = layer is Conv2D { Groups: 1 } c
                        ? Reversed(c)
                        : throw new ArgumentException($"'{node.Name}', {layer}, reads the picture: a convolution alone can be turned.");
            }
            builder.Add(node.Name, layer, [.. node.Inputs]);
        }
        return builder.Build(network.Head);
    }

    // w [Out, In, H, W]
    private static Conv2D Reversed(Conv2D from)
    {
        var to = (Conv2D)from.Clone();
        int plane = from.Kernel.Height * from.Kernel.Width, channels = from.InChannels;
        for (int o = 0; o < from.OutChannels; o++)
            for (int c = 0; c < channels; c++)
                from.Weight.Values.AsSpan((o * channels + c) * plane, plane).CopyTo(
                    to.Weight.Values.AsSpan((o * channels + channels - 1 - c) * plane, plane)
                );
        return to;
    }
}
