using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>
/// Turns a network's nodes into inference steps: [convolution or linear, batch norm, sum with a residual, ReLU or its like] becomes one
/// step with the norm folded into the weights, dropout disappears, everything else runs as it is.
/// </summary>
internal sealed class Fusion
{
    private readonly Network network;
    private readonly Dictionary<int, int> stepOf = new() { [Network.Input] = Network.Input };
    private readonly List<InferenceStep> steps = [];
    private readonly List<int> nodes = [];

    private readonly ConvolutionFactory convolution;
    private readonly LayerFactory layer;

    /// <param name="network">The network to fuse.</param>
    /// <param name="convolution">Makes the step of a convolution; by default in floats.</param>
    /// <param name="layer">Makes the step of a layer that fuses with nothing.</param>
    public Fusion(Network network, ConvolutionFactory? convolution = null, LayerFactory? layer = null)
    {
        this.network = network;
        this.convolution = convolution
            ?? ((_, weights, output, activation, inputs) => new ConvolutionStep(weights, output, activation, inputs));
        this.layer = layer ?? ((_, copy, inputs, shapes) => new SingleLayerStep(copy, inputs, shapes));
    }

    /// <summary>The node whose value each step writes, in the order of the steps.</summary>
    public IReadOnlyList<int> Nodes => nodes;

    /// <summary>Makes the step of a convolution with everything that is fused into it, see <see cref="ConvolutionStep"/>.</summary>
    public delegate InferenceStep ConvolutionFactory(
        int node, FoldedWeights weights, Shape output, UnaryLayer? activation, IReadOnlyList<int> inputs);

    /// <summary>Makes the step of a layer of its own, see <see cref="SingleLayerStep"/>.</summary>
    public delegate InferenceStep LayerFactory(int node, Layer layer, IReadOnlyList<int> inputs, Shape[] inputShapes);

    public IReadOnlyList<InferenceStep> Steps()
    {
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            if (stepOf.ContainsKey(i)) continue; // absorbed by an earlier step
            Node node = network.Nodes[i];
            switch (node.Layer)
            {
                case { TrainingOnly: true }:
                    stepOf[i] = stepOf[node.Inputs[0]];
                    break;
                case ProductLayer product:
                    AddProduct(i, product);
                    break;
                default:
                    steps.Add(layer(i, node.Layer.Clone(), [.. node.Inputs.Select(j => stepOf[j])], network.InputShapes(i)));
                    nodes.Add(i);
                    stepOf[i] = steps.Count - 1;
                    break;
            }
        }
        return steps;
    }

    private void AddProduct(int i, ProductLayer product)
    {
        Shape input = network.InputShapes(i)[0];
        var weights = new FoldedWeights(product, input);
        var inputs = new List<int> { stepOf[network.Nodes[i].Inputs[0]] };
        List<int> absorbed = [i];
        if (Next(i) is { } norm && network.Nodes[norm].Layer is BatchNorm batchNorm)
        {
            weights.Fold(batchNorm);
            absorbed.Add(norm);
        }
        int? dropped = Next(absorbed[^1]) is { } drop && network.Nodes[drop].Layer.TrainingOnly ? drop : null; // a residual branch's
        int branch = dropped ?? absorbed[^1];
        if (Next(branch) is { } add && network.Nodes[add].Layer is Add && Residual(add, branch) is { } residual)
        {
            inputs.Add(residual);
            if (dropped is not null) absorbed.Add(branch);
            absorbed.Add(add);
        }
        UnaryLayer? activation = null;
        if (Next(absorbed[^1]) is { } next && network.Nodes[next].Layer is UnaryLayer { Activation: not null } unary)
        {
            activation = unary;
            absorbed.Add(next);
        }
        steps.Add(convolution(absorbed[^1], weights, network.ShapeOf(absorbed[^1]), activation, inputs));
        nodes.Add(absorbed[^1]);
        foreach (int node in absorbed) stepOf[node] = steps.Count - 1;
    }

    // The only reader of a node, if there is exactly one.
    private int? Next(int node) => network.Readers(node) is [var only] ? only : null;

    // The step that holds the other summand, if the sum has two and the other one is ready by now.
    private int? Residual(int add, int node)
    {
        IReadOnlyList<int> inputs = network.Nodes[add].Inputs;
        if (inputs.Count != 2) return null;
        int other = inputs[0] == node ? inputs[1] : inputs[0];
        return stepOf.TryGetValue(other, out int step) ? step : null;
    }
}
