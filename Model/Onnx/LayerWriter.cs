using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx;

/// <summary>Writes the layers of a network as ONNX nodes (opset 13); the last node of a layer is called like the layer.</summary>
/// <remarks>
/// Inside the engine a vector is a picture of one pixel; in ONNX it is [N, C] here and [N, C, 1, 1] there. Every value is written in the
/// rank that its operator gives, and seen in the other one through a Flatten or Unsqueeze that is written when somebody needs it.
/// </remarks>
internal sealed class LayerWriter(GraphWriter graph, Network network, string input, OnnxWeights weights)
{
    /// <summary>Marks a Dropout node that drops whole channels; other runtimes ignore it, as they ignore dropout.</summary>
    public const string SpatialMark = "spatial";

    /// <summary>Marks a Dropout node that drops whole images of a residual branch.</summary>
    public const string ImageMark = "stochastic depth";

    /// <summary>Endings of the names of the nodes that only change a value's rank.</summary>
    public const string VectorView = ".vector", MapView = ".map";

    private readonly bool[] isVector = new bool[network.Nodes.Count];
    private readonly HashSet<string> views = [];

    /// <summary>Writes all nodes and weights.</summary>
    /// <returns>Name of the logits, [N, K].</returns>
    public string Write()
    {
        foreach ((string name, Parameter parameter) in network.Parameters) WeightWriter.Write(graph, name, parameter, weights);
        for (int i = 0; i < network.Nodes.Count; i++) isVector[i] = Write(i, network.Nodes[i]);
        return Vector(network.Nodes.Count - 1);
    }

    /// <summary>Writes the nodes and weights that some maps in the middle depend on, those of no fixed size.</summary>
    /// <param name="outputs">The nodes of the maps.</param>
    /// <returns>Names of the maps, [N, C, H, W].</returns>
    public string[] WriteMaps(params IReadOnlyList<int> outputs)
    {
        var needed = new bool[network.Nodes.Count];
        foreach (int output in outputs) needed[output] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
            if (needed[i])
                foreach (int from in network.Nodes[i].Inputs.Where(n => n != Network.Input)) needed[from] = true;
        for (int i = 0; i < needed.Length; i++)
        {
            if (!needed[i]) continue;
            Node node = network.Nodes[i];
            foreach (Parameter parameter in node.Layer.Parameters)
                WeightWriter.Write(graph, $"{node.Name}.{parameter.Name}", parameter, weights);
            isVector[i] = Write(i, node);
        }
        return [.. outputs.Select(Map)];
    }

    // Whether the output is [N, C] rather than [N, C, H, W].
    private bool Write(int index, Node node)
    {
        string name = node.Name;
        switch (node.Layer)
        {
            case Conv2D c:
                graph.Node(
                    "Conv",
                    [Map(node.Inputs[0]), .. Parameters(node)],
                    name,
                    new("kernel_shape", c.Kernel.Height, c.Kernel.Width),
                    new("strides", c.Stride.Height, c.Stride.Width),
                    new("pads", c.Padding.Height, c.Padding.Width, c.Padding.Height, c.Padding.Width),
                    new("dilations", c.Dilation.Height, c.Dilation.Width),
                    new("group", c.Groups)
                );
                return false;
            case BatchNorm b:
                graph.Node(
                    "BatchNormalization",
                    [Map(node.Inputs[0]), .. Parameters(node)],
                    name,
                    new("epsilon", b.Epsilon),
                    new("momentum", 1 - b.Momentum)
                ); // ONNX weighs the old value
                return false;
            case MaxPool p:
                graph.Node(
                    "MaxPool",
                    [Map(node.Inputs[0])],
                    name,
                    BehindBorder(node, p) ? [.. Window(p)[..^1], new("auto_pad", "VALID")] : Window(p)
                );
                return false;
            case AveragePool p:
                graph.Node("AveragePool", [Map(node.Inputs[0])], name, [.. Window(p), new("count_include_pad", p.CountPadding ? 1 : 0)]);
                return false;
            case GlobalAveragePool:
                graph.Node("GlobalAveragePool", [Map(node.Inputs[0])], name);
                return false;
            case Pad p:
                graph.Tensor($"{name}.borders", 0, 0, p.Borders.Top, p.Borders.Left, 0, 0, p.Borders.Bottom, p.Borders.Right);
                graph.Node("Pad", [Map(node.Inputs[0]), $"{name}.borders", graph.Scalar($"{name}.value", p.Value)], name);
                return false;
            case Upsample u:
                graph.Tensor($"{name}.scales", [4], [1, 1, u.Factor, u.Factor]);
                graph.Node(
                    "Resize",
                    [Map(node.Inputs[0]), "", $"{name}.scales"],
                    name,
                    new("mode", "nearest"),
                    new("coordinate_transformation_mode", "asymmetric"),
                    new("nearest_mode", "floor")
                );
                return false;
            case ChannelShuffle s:
                Shuffle(name, Map(node.Inputs[0]), s.Groups, network.ShapeOf(index));
                return false;
            case Linear:
                graph.Node("Gemm", [Vector(node.Inputs[0]), .. Parameters(node)], name, new OnnxAttribute("transB", 1));
                return true;
            case Flatten f:
                string map = Map(node.Inputs[0]);
                if (f.ChannelsLast) map = graph.Node("Transpose", [map], $"{name}.channels_last", new OnnxAttribute("perm", 0, 2, 3, 1));
                graph.Node("Flatten", [map], name, new OnnxAttribute("axis", 1));
                return true;
            default:
                return Elementwise(node);
        }
    }

    // Layers that take either rank and keep it.
    private bool Elementwise(Node node)
    {
        bool vector = node.Inputs.All(IsVector);
        string[] from = [.. node.Inputs.Select(i => vector ? Vector(i) : Map(i))];
        string name = node.Name;
        switch (node.Layer)
        {
            case ReLU: graph.Node("Relu", from, name); break;
            case ReLU6: Clip(name, from[0], 0, 6); break;
            case Clip c: Clip(name, from[0], c.Low, c.High); break;
            case Log l:
                Clip($"{name}.positive", from[0], l.Floor, float.PositiveInfinity);
                graph.Node("Log", [$"{name}.positive"], name);
                break;
            case Sigmoid: graph.Node("Sigmoid", from, name); break;
            case SiLU: graph.Node("Mul", [from[0], graph.Node("Sigmoid", from, $"{name}.gate")], name); break;
            case HardSigmoid h: graph.Node("HardSigmoid", from, name, new("alpha", h.Alpha), new("beta", h.Beta)); break;
            case HardSwish: // an operator of its own only from opset 14
                string gate = graph.Node("HardSigmoid", from, $"{name}.gate", new("alpha", 1f / 6), new("beta", 0.5f));
                graph.Node("Mul", [from[0], gate], name);
                break;
            case Softmax: graph.Node("Softmax", from, name, new OnnxAttribute("axis", 1)); break;
            case Dropout d: Drop(name, from[0], d.Rate, null); break;
            case SpatialDropout d: Drop(name, from[0], d.Rate, SpatialMark); break;
            case StochasticDepth d: Drop(name, from[0], d.Rate, ImageMark); break;
            case Add: graph.Node("Sum", from, name); break;
            case Multiply: graph.Node("Mul", from, name); break;
            case Concat: graph.Node("Concat", from, name, new OnnxAttribute("axis", 1)); break;
            case ChannelSlice s:
                graph.Node(
                    "Slice",
                    [
                        from[0],
                        graph.Tensor($"{name}.start", s.Start),
                        graph.Tensor($"{name}.end", s.Start + s.Count),
                        graph.Tensor($"{name}.axis", 1),
                    ],
                    name
                );
                break;
            default: throw new NotSupportedException($"{node.Layer} at '{name}' has no ONNX form.");
        }
        return vector;
    }

    private void Clip(string name, string from, float low, float high)
    {
        string lowest = float.IsFinite(low) ? graph.Scalar($"{name}.low", low) : "";
        if (float.IsFinite(high)) graph.Node("Clip", [from, lowest, graph.Scalar($"{name}.high", high)], name);
        else graph.Node("Clip", [from, lowest], name);
    }

    private void Drop(string name, string from, float rate, string? mark) =>
        graph.Documented(mark, "Dropout", [from, graph.Scalar($"{name}.ratio", rate)], name);

    private void Shuffle(string name, string from, int groups, Shape shape)
    {
        graph.Tensor($"{name}.grouped.shape", 0, groups, shape.Channels / groups, shape.Height, shape.Width); // 0 keeps N
        graph.Tensor($"{name}.shape", 0, shape.Channels, shape.Height, shape.Width);
        string grouped = graph.Node("Reshape", [from, $"{name}.grouped.shape"], $"{name}.grouped");
        string dealt = graph.Node("Transpose", [grouped], $"{name}.dealt", new OnnxAttribute("perm", 0, 2, 1, 3, 4));
        graph.Node("Reshape", [dealt, $"{name}.shape"], name);
    }

    private static OnnxAttribute[] Window(WindowPool p) =>
    [
        new("kernel_shape", p.Kernel.Height, p.Kernel.Width),
        new("strides", p.Stride.Height, p.Stride.Width),
        new("pads", p.Padding.Top, p.Padding.Left, p.Padding.Bottom, p.Padding.Right),
    ];

    // ONNX Runtime merges a Pad of zeros into a MaxPool as pads, which are minus infinity there and not zero; it leaves VALID ones alone.
    private bool BehindBorder(Node node, MaxPool pool)
        => pool.Padding == default && node.Inputs[0] != Network.Input && network.Nodes[node.Inputs[0]].Layer is Pad;

    private static IEnumerable<string> Parameters(Node node) => node.Layer.Parameters.Select(p => $"{node.Name}.{p.Name}");

    private bool IsVector(int node) => node != Network.Input && isVector[node];

    private string Map(int node)
    {
        string name = NameOf(node);
        if (!IsVector(node)) return name;
        string view = name + MapView;
        if (views.Add(view)) graph.Node("Unsqueeze", [name, graph.Tensor($"{view}.axes", 2, 3)], view);
        return view;
    }

    private string Vector(int node)
    {
        string name = NameOf(node);
        if (IsVector(node)) return name;
        string view = name + VectorView;
        if (views.Add(view)) graph.Node("Flatten", [name], view, new OnnxAttribute("axis", 1));
        return view;
    }

    private string NameOf(int node) => node == Network.Input ? input : network.Nodes[node].Name;
}
