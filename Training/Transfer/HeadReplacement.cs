using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Transfer;

/// <summary>
/// The last layers of a network, those that make classes of features: where they begin, others in their place, some where there are none.
/// </summary>
internal static class HeadReplacement
{
    /// <summary>
    /// The layer with weights that stands <paramref name="weighted"/>th from the end: 1 is the one that makes the classes.
    /// </summary>
    /// <remarks>Behind it there may be activations and pooling, as in SqueezeNet, but nothing that mixes or joins channels.</remarks>
    /// <exception cref="TrainingException">Something else stands there.</exception>
    public static int FindFirst(Network network, int weighted = 1)
    {
        for (int i = network.Nodes.Count - 1; i >= 0;)
        {
            Node node = network.Nodes[i];
            bool hasWeights = node.Layer is Linear or Conv2D { Groups: 1 };
            if (hasWeights && --weighted == 0) return i;
            bool passes =
                hasWeights
                || (
                    node.Layer is UnaryLayer and not Log or { TrainingOnly: true } or GlobalAveragePool or WindowPool
                    && node.Inputs.Count == 1
                );
            if (!passes || node.Inputs[0] == Network.Input)
                throw new TrainingException(
                    $"The model's last layers end in {node.Layer} at '{node.Name}': only a linear layer or a convolution can be "
                        + "exchanged for other labels."
                );
            i = node.Inputs[0];
        }
        throw new TrainingException("The model has no layer that could be exchanged for other labels.");
    }

    /// <summary>The network with newly drawn layers in the place of the one that makes the classes; all others are shared.</summary>
    /// <param name="network">The old one.</param>
    /// <param name="outputs">Logits of the new one.</param>
    /// <param name="head">The meaning of the outputs.</param>
    /// <param name="options">Null exchanges the one layer for its like.</param>
    /// <param name="seed">The seed of the new weights.</param>
    /// <exception cref="TrainingException">The network has no layer that could be exchanged in this way.</exception>
    public static Network Replace(Network network, int outputs, OutputHead head, HeadOptions? options, int seed)
    {
        int last = FindFirst(network);
        Node old = network.Nodes[last];
        // A dropout in front of the old layer goes with it where the new head says what it wants.
        int? dropout =
            options is not null
            && old.Inputs[0] is var before
            && before != Network.Input
            && network.Nodes[before].Layer.TrainingOnly
            && network.Readers(before).Count == 1
                ? before
                : null;
        var random = new Random(seed);
        var builder = new NetworkBuilder(network.InputShape);
        var index = new Dictionary<int, int> { [Network.Input] = Network.Input };
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            if (i == dropout) index[i] = index[node.Inputs[0]];
            else if (i != last) index[i] = builder.Add(node.Name, node.Layer, [.. node.Inputs.Select(j => index[j])]);
            else index[i] = Add(builder, network, node, index[node.Inputs[0]], outputs, options ?? new HeadOptions(), random);
        }
        return builder.Build(head);
    }

    /// <summary>A network that ends in features with newly drawn layers behind them that make classes; all others are shared.</summary>
    /// <param name="network">Its outputs are features [N, C].</param>
    /// <param name="outputs">Logits of the new one.</param>
    /// <param name="head">The meaning of the outputs.</param>
    /// <param name="options">Null is a linear layer.</param>
    /// <param name="seed">The seed of the new weights.</param>
    public static Network Append(Network network, int outputs, OutputHead head, HeadOptions? options, int seed)
    {
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        string name = "head";
        while (network.Nodes.Any(n => n.Name == name)) name += "2";
        var like = new Node(name, new Linear(network.OutputShape.Channels, outputs), []);
        Add(builder, network, like, builder.Count - 1, outputs, options ?? new HeadOptions(), new Random(seed));
        return builder.Build(head);
    }

    // In place of a layer, or of its like where there is none.
    private static int Add(NetworkBuilder builder, Network network, Node old, int from, int outputs, HeadOptions options, Random random)
    {
        int last = from;
        Layer made;
        if (options.Units is not { } units) made = Widen(old.Layer, outputs);
        else
        {
            if (old.Layer is not Linear linear)
                throw new TrainingException(
                    $"{{fineTuning.head}} dense: the model makes its classes with {old.Layer}, which only a linear head can replace."
                );
            var hidden = new Linear(linear.InFeatures, units);
            hidden.Initialise(random);
            last = builder.Add(Free($"{old.Name}.hidden"), hidden, last);
            last = builder.Add(Free($"{old.Name}.hidden.relu"), new ReLU(), last);
            made = new Linear(units, outputs);
        }
        if (options.Dropout > 0) last = builder.Add(Free($"{old.Name}.dropout"), new Dropout(options.Dropout), last);
        made.Initialise(random);
        return builder.Add(old.Name, made, last);

        // A model that was given a head before has these names already.
        string Free(string name)
        {
            while (network.Nodes.Any(n => n.Name == name)) name += "2";
            return name;
        }
    }

    private static Layer Widen(Layer layer, int outputs) => layer switch
    {
        Linear l => new Linear(l.InFeatures, outputs, l.Bias is not null),
        Conv2D c => new Conv2D(c.InChannels, outputs, c.Kernel, c.Stride, c.Padding, c.Dilation, c.Groups, c.Bias is not null),
        _ => throw new TrainingException($"{layer} cannot be exchanged for other labels."),
    };
}
