using EmotionMLNet.Layers;

namespace EmotionMLNet.Networks;

/// <summary>Several classifiers of the same pictures as one network, whose probabilities are the weighted mean of theirs.</summary>
/// <remarks>
/// The members stand side by side behind the common input, each with its own softmax (or, with one logit for two classes, the pair
/// σ(-z), σ(z)). A linear layer without bias takes the mean, p̄ = Σ wₘ pₘ with Σ wₘ = 1. A network ends in logits, so the last layer is
/// ln p̄: its softmax is p̄ / Σ p̄ = p̄, exact but for rounding. One graph, so everything that takes a network takes this one.
/// </remarks>
internal static class NetworkEnsemble
{
    /// <param name="members">Two or more with one input shape and one number of classes; their layers are used, not copied.</param>
    /// <param name="weights">One a member, positive; only their ratios count.</param>
    /// <exception cref="ArgumentException">The members do not fit together.</exception>
    public static Network Join(IReadOnlyList<Network> members, IReadOnlyList<double> weights)
    {
        if (members.Count < 2) throw new ArgumentException($"An ensemble wants two or more members, got {members.Count}.");
        if (weights.Count != members.Count)
            throw new ArgumentException($"{members.Count} members want as many weights, got {weights.Count}.");
        if (weights.Any(w => !(w > 0 && double.IsFinite(w))))
            throw new ArgumentException("The weights of an ensemble are positive numbers.");
        Network first = members[0];
        foreach (Network member in members)
            if (member.InputShape != first.InputShape || member.Classes != first.Classes)
                throw new ArgumentException(
                    $"A network of {member.InputShape} with {member.Classes} classes does not fit one of {first.InputShape} with "
                        + $"{first.Classes}."
                );

        var builder = new NetworkBuilder(first.InputShape);
        int[] probabilities = [.. members.Select((member, m) => Add(builder, member, $"member{m + 1}."))];
        builder.Add("together", new Concat(), probabilities);
        builder.Add("mean", Mean(weights, first.Classes));
        builder.Add("logarithm", new Log());
        return builder.Build();
    }

    // Returns the node of the member's probabilities.
    private static int Add(NetworkBuilder builder, Network member, string prefix)
    {
        int start = builder.Count;
        foreach (Node node in member.Nodes)
            builder.Add(prefix + node.Name, node.Layer, [.. node.Inputs.Select(i => i == Network.Input ? i : start + i)]);
        if (member.Head == OutputHead.Softmax) return builder.Add(prefix + "probabilities", new Softmax());
        var both = new Linear(1, 2, bias: false);
        (both.Weight.Values[0], both.Weight.Values[1]) = (-1, 1);
        builder.Add(prefix + "both", both);
        return builder.Add(prefix + "probabilities", new Sigmoid());
    }

    private static Linear Mean(IReadOnlyList<double> weights, int classes)
    {
        int inputs = weights.Count * classes;
        double sum = weights.Sum();
        var mean = new Linear(inputs, classes, bias: false);
        for (int m = 0; m < weights.Count; m++)
            for (int c = 0; c < classes; c++) mean.Weight.Values[c * inputs + m * classes + c] = (float)(weights[m] / sum);
        return mean;
    }
}
