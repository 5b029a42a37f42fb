using EmotionMLNet.Layers;

namespace EmotionMLNet.Networks;

/// <summary>Neighbouring nodes that a <see cref="TrainingPlan"/> runs as one step; only the last one's output exists in memory.</summary>
/// <param name="First">First node.</param>
/// <param name="Last">Last node.</param>
/// <param name="Inputs">Nodes outside the group that it reads: those of the first node, then the residual.</param>
internal sealed record FusedGroup(int First, int Last, IReadOnlyList<int> Inputs)
{
    /// <summary>What the backward pass reads again: its inputs' values, its own output.</summary>
    public required BackwardReads Reads { get; init; }

    /// <summary>Whether the output may overwrite the first input.</summary>
    public bool InPlace { get; init; }

    /// <summary>Whether the gradient of the first input may overwrite that of the output.</summary>
    public bool GradientInPlace { get; init; }

    /// <summary>The input whose gradient is what the backward pass leaves in the gradient of the output; -1 for none.</summary>
    public int PassThrough { get; init; } = -1;

    /// <summary>Whether a sum with a second tensor stands behind batch norm.</summary>
    public bool HasResidual => Inputs.Count == 2 && PassThrough == 1;

    /// <summary>
    /// Cuts a network into groups, in graph order: batch norm takes along the sum, the rectifier and the 2x2 max-pooling behind it, where
    /// nothing else reads what is between.
    /// </summary>
    public static IReadOnlyList<FusedGroup> Partition(Network network)
    {
        var groups = new List<FusedGroup>();
        for (int i = 0; i < network.Nodes.Count; i = groups[^1].Last + 1)
            groups.Add(network.Nodes[i].Layer is BatchNorm ? Norm(network, i) : Single(network, i));
        return groups;
    }

    private static FusedGroup Single(Network network, int i)
    {
        Layer layer = network.Nodes[i].Layer;
        return new FusedGroup(i, i, network.Nodes[i].Inputs)
        {
            Reads = layer.Reads,
            InPlace = layer.InPlace,
            GradientInPlace = layer.InPlace,
        };
    }

    private static FusedGroup Norm(Network network, int first)
    {
        int last = first, x = network.Nodes[first].Inputs[0], residual = 0;
        bool added = false, activated = false;
        if (Next() is Add && network.Nodes[last + 1].Inputs is { Count: 2 } summands)
        {
            last++;
            residual = summands[0] == first ? summands[1] : summands[0];
            added = true;
        }
        if (Next() is UnaryLayer { Activation: not null })
        {
            last++;
            activated = true;
        }
        if (!added && activated && Next() is MaxPool { IsHalving: true }) last++;
        return added
            ? new FusedGroup(first, last, [x, residual])
            {
                Reads = BackwardReads.Inputs | (activated ? BackwardReads.Output : 0),
                PassThrough = 1,
            }
            : new FusedGroup(first, last, [x])
            {
                Reads = BackwardReads.Inputs,
                GradientInPlace = network.ShapeOf(first) == network.ShapeOf(last),
            };

        // The node behind the last one, if it alone reads that one's output; a sum of a tensor with itself reads it twice.
        Layer? Next() => network.Readers(last) is [var only] && only == last + 1 ? network.Nodes[only].Layer : null;
    }
}
