using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>Puts a network together node by node.</summary>
internal sealed class NetworkBuilder(Shape input)
{
    private readonly List<Node> nodes = [];
    private readonly List<Shape> shapes = [];
    private readonly HashSet<string> names = [];

    /// <summary>Adds a layer behind the latest node.</summary>
    /// <returns>Its index, for later branches.</returns>
    public int Add(string name, Layer layer) => Add(name, layer, nodes.Count - 1);

    /// <summary>Adds a layer behind the given nodes.</summary>
    /// <exception cref="ArgumentException">
    /// The name is taken, an input does not exist yet, or the shapes do not fit; the message names the node.
    /// </exception>
    public int Add(string name, Layer layer, params ReadOnlySpan<int> inputs)
    {
        if (names.Contains(name)) throw new ArgumentException($"Node '{name}' exists already.");
        foreach (int i in inputs)
            if (i < Network.Input || i >= nodes.Count)
                throw new ArgumentException($"Node '{name}' wants input {i}, which does not exist yet.");
        var inputShapes = new Shape[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputShapes[i] = ShapeOf(inputs[i]);
        try
        {
            shapes.Add(layer.OutputShape(inputShapes));
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Node '{name}': {e.Message}", e);
        }
        names.Add(name);
        nodes.Add(new Node(name, layer, inputs.ToArray()));
        return nodes.Count - 1;
    }

    /// <summary>Nodes so far.</summary>
    public int Count => nodes.Count;

    /// <summary>Output shape of a node added before, or the network's input shape.</summary>
    public Shape ShapeOf(int node) => node == Network.Input ? input : shapes[node];

    /// <summary>The finished network.</summary>
    /// <exception cref="ArgumentException">
    /// There is no layer, a layer's output is read by nobody, or the last one does not give a vector.
    /// </exception>
    public Network Build(OutputHead head = OutputHead.Softmax)
    {
        if (nodes.Count == 0) throw new ArgumentException("A network needs at least one layer.");
        var network = new Network(input, [.. nodes], [.. shapes], head);
        for (int i = 0; i < nodes.Count - 1; i++)
            if (network.Readers(i).Count == 0) throw new ArgumentException($"Nothing reads the output of node '{nodes[i].Name}'.");
        if (shapes[^1].Plane != 1)
            throw new ArgumentException($"The last node '{nodes[^1].Name}' must give a vector of logits, not {shapes[^1]}.");
        return network;
    }
}
