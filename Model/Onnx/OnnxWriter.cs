using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx;

/// <summary>
/// Writes a network as an ONNX model (onnx.proto, opset 13, IR version 7: ONNX Runtime 1.6 and later), with everything inside that others
/// get wrong: the normalisation before and the softmax or sigmoid behind.
/// </summary>
/// <remarks>
/// Input "input": float [N, Channels, Height, Width], samples 0 to 255, RGB or BT.601 grey, already at network size. Output "Score": float
/// [N, Classes], rows sum to 1. Initialisers carry our parameter names and PyTorch's dimension order.
/// </remarks>
internal static class OnnxWriter
{
    public const string InputName = "input", OutputName = "Score", Producer = "EmotionMLNet";

    /// <summary>Marks a Dropout node that drops whole channels; other runtimes ignore it, as they ignore dropout.</summary>
    public const string SpatialMark = "spatial";

    private const int IrVersion = 7, Opset = 13, FloatType = 1, IntsAttribute = 7;

    /// <param name="network">The trained network.</param>
    /// <param name="preprocessing">Gives the normalisation.</param>
    /// <param name="metadata">Labels and so on, as strings.</param>
    public static byte[] Write(Network network, ImagePreprocessing preprocessing, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ProtobufWriter().Int(1, IrVersion).Text(2, Producer).Message(7, g => Graph(g, network, preprocessing)).Message(8, o => o.Text(1, "").Int(2, Opset));
        foreach ((string key, string value) in metadata) model.Message(14, p => p.Text(1, key).Text(2, value));
        return model.Written.ToArray();
    }

    private static void Graph(ProtobufWriter graph, Network network, ImagePreprocessing preprocessing)
    {
        string first = Normalise(graph, preprocessing), last = first;
        var names = new string[network.Nodes.Count];
        for (int i = 0; i < names.Length; i++)
        {
            Node node = network.Nodes[i];
            string[] inputs = [.. node.Inputs.Select(j => j == Network.Input ? first : names[j])];
            names[i] = last = node.Name;
            Layer(graph, node, inputs);
        }
        Head(graph, network, last);
        graph.Text(2, "network");
        foreach ((string name, Parameter p) in network.Parameters) Initialiser(graph, name, [.. p.Dimensions.Select(d => (long)d)], p.Values);
        Shape x = network.InputShape;
        graph.Message(11, v => Value(v, InputName, x.Channels, x.Height, x.Width));
        graph.Message(12, v => Value(v, OutputName, network.Classes));
    }

    private static string Normalise(ProtobufWriter graph, ImagePreprocessing preprocessing)
    {
        long[] dimensions = [1, preprocessing.Channels, 1, 1];
        Initialiser(graph, "normalise.offset", dimensions, [.. preprocessing.Mean.Select(m => 255 * m)]);
        Initialiser(graph, "normalise.scale", dimensions, [.. preprocessing.StandardDeviation.Select(d => (float)(1 / (255.0 * d)))]);
        Node(graph, "Sub", [InputName, "normalise.offset"], "normalise.centred");
        Node(graph, "Mul", ["normalise.centred", "normalise.scale"], "normalised");
        return "normalised";
    }

    private static void Head(ProtobufWriter graph, Network network, string logits)
    {
        if (network.Head == OutputHead.Softmax)
        {
            Node(graph, "Softmax", [logits], OutputName, a => Attribute(a, "axis", 1));
            return;
        }
        Node(graph, "Neg", [logits], "head.negative");
        Node(graph, "Concat", ["head.negative", logits], "head.both", a => Attribute(a, "axis", 1));
        Node(graph, "Sigmoid", ["head.both"], OutputName);
    }

    private static void Layer(ProtobufWriter graph, Node node, string[] inputs)
    {
        string name = node.Name;
        string[] withParameters = [.. inputs, .. node.Layer.Parameters.Select(p => $"{name}.{p.Name}")];
        switch (node.Layer)
        {
            case Conv2D c:
                Node(graph, "Conv", withParameters, name, a =>
                {
                    Attribute(a, "kernel_shape", [c.Kernel.Height, c.Kernel.Width]);
                    Attribute(a, "strides", [c.Stride.Height, c.Stride.Width]);
                    Attribute(a, "pads", [c.Padding.Height, c.Padding.Width, c.Padding.Height, c.Padding.Width]);
                    Attribute(a, "dilations", [c.Dilation.Height, c.Dilation.Width]);
                    Attribute(a, "group", c.Groups);
                });
                break;
            case BatchNorm b:
                Node(graph, "BatchNormalization", withParameters, name, a =>
                {
                    Attribute(a, "epsilon", b.Epsilon);
                    Attribute(a, "momentum", 1 - b.Momentum); // ONNX weighs the old value
                });
                break;
            case Linear:
                Node(graph, "Gemm", withParameters, name, a => Attribute(a, "transB", 1));
                break;
            case ReLU:
                Node(graph, "Relu", inputs, name);
                break;
            case ReLU6:
                Initialiser(graph, $"{name}.low", [], [0]);
                Initialiser(graph, $"{name}.high", [], [6]);
                Node(graph, "Clip", [.. inputs, $"{name}.low", $"{name}.high"], name);
                break;
            case Sigmoid:
                Node(graph, "Sigmoid", inputs, name);
                break;
            case Softmax:
                Node(graph, "Softmax", inputs, name, a => Attribute(a, "axis", 1));
                break;
            case MaxPool p:
                Node(graph, "MaxPool", inputs, name, a => Pool(a, p));
                break;
            case AveragePool p:
                Node(graph, "AveragePool", inputs, name, a =>
                {
                    Pool(a, p);
                    Attribute(a, "count_include_pad", p.CountPadding ? 1 : 0);
                });
                break;
            case GlobalAveragePool:
                Node(graph, "GlobalAveragePool", inputs, $"{name}.plane");
                Node(graph, "Flatten", [$"{name}.plane"], name, a => Attribute(a, "axis", 1));
                break;
            case Flatten:
                Node(graph, "Flatten", inputs, name, a => Attribute(a, "axis", 1));
                break;
            case Dropout d:
                Drop(graph, inputs, name, d.Rate, spatial: false);
                break;
            case SpatialDropout d:
                Drop(graph, inputs, name, d.Rate, spatial: true);
                break;
            case Add:
                Node(graph, "Sum", inputs, name);
                break;
            case Concat:
                Node(graph, "Concat", inputs, name, a => Attribute(a, "axis", 1));
                break;
            default:
                throw new NotSupportedException($"{node.Layer} at '{name}' has no ONNX form yet.");
        }
    }

    private static void Drop(ProtobufWriter graph, string[] inputs, string name, float rate, bool spatial)
    {
        Initialiser(graph, $"{name}.ratio", [], [rate]);
        Node(graph, "Dropout", [.. inputs, $"{name}.ratio"], name, documentation: spatial ? SpatialMark : null);
    }

    private static void Pool(ProtobufWriter node, WindowPool pool)
    {
        Attribute(node, "kernel_shape", [pool.Kernel.Height, pool.Kernel.Width]);
        Attribute(node, "strides", [pool.Stride.Height, pool.Stride.Width]);
        Attribute(node, "pads", [pool.Padding.Top, pool.Padding.Left, pool.Padding.Bottom, pool.Padding.Right]);
    }

    private static void Node(ProtobufWriter graph, string type, string[] inputs, string output, Action<ProtobufWriter>? attributes = null, string? documentation = null)
        => graph.Message(1, n =>
        {
            foreach (string input in inputs) n.Text(1, input);
            n.Text(2, output).Text(3, output).Text(4, type);
            attributes?.Invoke(n);
            if (documentation is not null) n.Text(6, documentation);
        });

    private static void Attribute(ProtobufWriter node, string name, long value) => node.Message(5, a => a.Text(1, name).Int(3, value).Int(20, 2));

    private static void Attribute(ProtobufWriter node, string name, float value) => node.Message(5, a => a.Text(1, name).Float(2, value).Int(20, 1));

    private static void Attribute(ProtobufWriter node, string name, long[] values) => node.Message(5, a =>
    {
        a.Text(1, name);
        foreach (long value in values) a.Int(8, value);
        a.Int(20, IntsAttribute);
    });

    private static void Initialiser(ProtobufWriter graph, string name, long[] dimensions, ReadOnlySpan<float> values)
    {
        var tensor = new ProtobufWriter();
        foreach (long d in dimensions) tensor.Int(1, d);
        tensor.Int(2, FloatType).Text(8, name).Floats(9, values);
        graph.Bytes(5, tensor.Written);
    }

    private static void Value(ProtobufWriter value, string name, params int[] dimensions)
        => value.Text(1, name).Message(2, type => type.Message(1, tensor => tensor.Int(1, FloatType).Message(2, shape =>
        {
            shape.Message(1, d => d.Text(2, "N"));
            foreach (int size in dimensions) shape.Message(1, d => d.Int(1, size));
        })));
}
