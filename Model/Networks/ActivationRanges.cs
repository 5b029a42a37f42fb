namespace EmotionMLNet.Networks;

/// <summary>
/// The least and the largest value of a network's input and of every node's output over some pictures: what an 8-bit form of the network is
/// made by.
/// </summary>
internal sealed record ActivationRanges
{
    /// <summary>[1 + nodes]: the input, then the nodes in order; 0 where nothing was measured, as inside fused layers.</summary>
    public required IReadOnlyList<float> Least { get; init; }

    /// <summary>The largest values, as long as <see cref="Least"/>.</summary>
    public required IReadOnlyList<float> Largest { get; init; }

    /// <summary>Pictures that were looked at.</summary>
    public required int Images { get; init; }

    /// <summary>Whether there is a finite range for the input and every node of a network.</summary>
    internal bool Fit(Network network) =>
        Least.Count == network.Nodes.Count + 1
        && Largest.Count == Least.Count
        && Least.Zip(Largest).All(r => float.IsFinite(r.First) && float.IsFinite(r.Second) && r.First <= r.Second);
}
