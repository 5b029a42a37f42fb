using EmotionMLNet.Layers;

namespace EmotionMLNet.Networks;

/// <summary>The part of a network up to one of its nodes: what computes bottleneck features.</summary>
internal static class NetworkPrefix
{
    /// <summary>Shares the layers, and so the weights, of the whole network.</summary>
    /// <param name="network">The whole.</param>
    /// <param name="node">Its output becomes the last; a map is flattened pixel by pixel, [H, W, C].</param>
    public static Network Extract(Network network, int node)
    {
        var needed = new bool[network.Nodes.Count];
        needed[node] = true;
        for (int i = node; i >= 0; i--)
            if (needed[i]) foreach (int input in network.Nodes[i].Inputs.Where(j => j != Network.Input)) needed[input] = true;
        var builder = new NetworkBuilder(network.InputShape);
        var index = new Dictionary<int, int> { [Network.Input] = Network.Input };
        for (int i = 0; i <= node; i++)
            if (needed[i])
                index[i] = builder.Add(network.Nodes[i].Name, network.Nodes[i].Layer, [.. network.Nodes[i].Inputs.Select(j => index[j])]);
        if (network.ShapeOf(node).Plane > 1) builder.Add("features", new Flatten(channelsLast: true));
        return builder.Build();
    }
}
