using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>A layer in a network's graph.</summary>
/// <param name="Name">Unique; parameters are called "name.weight" and so on.</param>
/// <param name="Layer">The function.</param>
/// <param name="Inputs">Indices of earlier nodes; <see cref="Network.Input"/> is the network's own input.</param>
internal sealed record Node(string Name, Layer Layer, IReadOnlyList<int> Inputs);

/// <summary>Layers as a directed graph in topological order; the last node's output are the logits, [N, Outputs].</summary>
internal sealed class Network
{
    /// <summary>Index that stands for the network's input in <see cref="Node.Inputs"/>.</summary>
    public const int Input = -1;

    private readonly Shape[] shapes;
    private readonly GraphReaders readers;

    internal Network(Shape inputShape, IReadOnlyList<Node> nodes, Shape[] shapes, OutputHead head)
    {
        InputShape = inputShape;
        Nodes = nodes;
        Head = head;
        this.shapes = shapes;
        readers = new GraphReaders(nodes.Count, i => nodes[i].Inputs);
    }

    /// <summary>Shape of one input image.</summary>
    public Shape InputShape { get; }

    /// <summary>Layers in topological order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>How logits become probabilities.</summary>
    public OutputHead Head { get; }

    /// <summary>Shape of one image's logits.</summary>
    public Shape OutputShape => shapes[^1];

    /// <summary>Classes that probabilities come out for: 2 for a sigmoid head, else the number of logits.</summary>
    public int Classes => Head == OutputHead.Sigmoid ? 2 : OutputShape.Channels;

    /// <summary>All parameters under their full names, in graph order.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Parameters
        => Nodes.SelectMany(n => n.Layer.Parameters.Select(p => ($"{n.Name}.{p.Name}", p)));

    /// <summary>Full name of the first parameter that holds NaN or an infinity; null: all are numbers.</summary>
    internal string? NonFinite() => Parameters.FirstOrDefault(p => !p.Parameter.IsFinite).Name;

    /// <summary>Number of trainable values, as papers count them.</summary>
    public long ParameterCount => Parameters.Where(p => p.Parameter.Trainable).Sum(p => (long)p.Parameter.Length);

    /// <summary>Multiply-adds of one image.</summary>
    public long MultiplyAdds => Enumerable.Range(0, Nodes.Count).Sum(i => Nodes[i].Layer.MultiplyAdds(InputShapes(i)));

    /// <summary>Output shape of a node, or the network's input shape.</summary>
    public Shape ShapeOf(int node) => node == Input ? InputShape : shapes[node];

    /// <summary>Input shapes of a node.</summary>
    public Shape[] InputShapes(int node) => [.. Nodes[node].Inputs.Select(ShapeOf)];

    /// <summary>The nodes that read a node's output, or the network's input, in order; who reads it twice stands there twice.</summary>
    internal IReadOnlyList<int> Readers(int node) => readers[node];

    /// <summary>The last node that reads a node's output, or the network's input; the node itself where nobody does.</summary>
    internal int LastReader(int node) => readers.Last(node);

    /// <summary>Draws all initial parameters; the same seed gives the same bits.</summary>
    internal void Initialise(int seed)
    {
        var random = new Random(seed);
        foreach (Node node in Nodes) node.Layer.Initialise(random);
    }

    /// <summary>A copy with parameters of its own.</summary>
    internal Network Clone() => new(InputShape, [.. Nodes.Select(n => n with { Layer = n.Layer.Clone() })], shapes, Head);

    /// <summary>
    /// The same layers, sharing their parameters, for images of another size: convolutions and global pooling do not mind.
    /// </summary>
    /// <exception cref="ArgumentException">A layer does not fit that size; the message names it.</exception>
    internal Network At(Shape input)
    {
        var builder = new NetworkBuilder(input);
        foreach (Node node in Nodes) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        return builder.Build(Head);
    }
}
