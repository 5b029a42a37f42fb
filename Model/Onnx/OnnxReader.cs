using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx;

/// <summary>Turns the ONNX that <see cref="OnnxWriter"/> writes back into a network; anything else is refused by name.</summary>
internal static class OnnxReader
{
    /// <param name="model">The file.</param>
    /// <param name="head">How logits become probabilities; must agree with the graph's end.</param>
    /// <exception cref="InvalidDataException">The bytes are no ONNX, or not of this form; the message says what was found.</exception>
    public static Network Read(ReadOnlySpan<byte> model, OutputHead head)
    {
        OnnxGraph graph = OnnxGraph.Parse(model);
        if (graph.Inputs is not [(OnnxWriter.InputName, [_, var channels and > 0 and <= 64, var height and > 0 and <= 8192, var width and > 0 and <= 8192])])
            throw new InvalidDataException($"an ONNX graph whose input is not '{OnnxWriter.InputName}' of [N, C, H, W]");
        if (graph.Outputs is not [(OnnxWriter.OutputName, _)]) throw new InvalidDataException($"an ONNX graph whose output is not '{OnnxWriter.OutputName}'");
        var builder = new NetworkBuilder(new Shape((int)height, (int)width, (int)channels));
        var values = new Dictionary<string, int> { ["normalised"] = Network.Input };
        try
        {
            foreach (OnnxNode node in Body(graph, head)) Add(builder, graph, node, values);
            return builder.Build(head);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    // The nodes between normalisation and head, each of which is a layer.
    private static IEnumerable<OnnxNode> Body(OnnxGraph graph, OutputHead head)
    {
        string[] ends = head == OutputHead.Softmax ? ["Softmax"] : ["Neg", "Concat", "Sigmoid"];
        int tail = ends.Length;
        if (graph.Nodes.Count < 3 + tail || graph.Nodes[0].Type != "Sub" || graph.Nodes[1].Type != "Mul" || !graph.Nodes.TakeLast(tail).Select(n => n.Type).SequenceEqual(ends))
            throw new InvalidDataException("an ONNX graph that does not begin with our normalisation and end with our head");
        return graph.Nodes.Skip(2).SkipLast(tail);
    }

    private static void Add(NetworkBuilder builder, OnnxGraph graph, OnnxNode node, Dictionary<string, int> values)
    {
        if (node.Type == "GlobalAveragePool")
        {
            values[node.Output] = Of(values, node, 0); // its Flatten makes the layer
            return;
        }
        bool pooled = node.Type == "Flatten" && node.Inputs is [var source] && source == $"{node.Output}.plane";
        Layer layer = pooled ? new GlobalAveragePool() : Make(graph, node);
        int inputs = node.Type is "Sum" or "Concat" ? node.Inputs.Count : 1;
        values[node.Output] = builder.Add(node.Output, layer, [.. Enumerable.Range(0, inputs).Select(i => Of(values, node, i))]);
        foreach (Parameter parameter in layer.Parameters) Fill(graph, node, parameter);
    }

    private static int Of(Dictionary<string, int> values, OnnxNode node, int input)
        => input < node.Inputs.Count && values.TryGetValue(node.Inputs[input], out int value) ? value
            : throw new InvalidDataException($"node '{node.Output}' reads something that no node before it wrote");

    private static Layer Make(OnnxGraph graph, OnnxNode node)
    {
        switch (node.Type)
        {
            case "Conv":
                long[] w = Dimensions(graph, node, 4);
                int groups = Int(node, "group", 0, 1);
                return new Conv2D(checked((int)w[1] * groups), (int)w[0], ((int)w[2], (int)w[3]), Pair(node, "strides", 1), Pair(node, "pads", 0), Pair(node, "dilations", 1), groups, node.Inputs.Count > 2);
            case "BatchNormalization":
                return new BatchNorm((int)Dimensions(graph, node, 1)[0], node.Floats.GetValueOrDefault("epsilon", 1e-5f), MathF.Round(1 - node.Floats.GetValueOrDefault("momentum", 0.9f), 6));
            case "Gemm":
                long[] m = Dimensions(graph, node, 2);
                return new Linear((int)m[1], (int)m[0], node.Inputs.Count > 2);
            case "Relu": return new ReLU();
            case "Clip" when Scalar(graph, node, "low") == 0 && Scalar(graph, node, "high") == 6: return new ReLU6();
            case "Sigmoid": return new Sigmoid();
            case "Softmax": return new Softmax();
            case "MaxPool": return new MaxPool(Pair(node, "kernel_shape", 1), Pair(node, "strides", 1), Pads(node));
            case "AveragePool": return new AveragePool(Pair(node, "kernel_shape", 1), Pair(node, "strides", 1), Pads(node), Int(node, "count_include_pad", 0, 0) == 1);
            case "Flatten": return new Flatten();
            case "Dropout" when node.Documentation == OnnxWriter.SpatialMark: return new SpatialDropout(Scalar(graph, node, "ratio"));
            case "Dropout": return new Dropout(Scalar(graph, node, "ratio"));
            case "Sum": return new Add();
            case "Concat": return new Concat();
            default: throw new InvalidDataException($"operator {node.Type} at '{node.Output}', which this version does not read");
        }
    }

    private static void Fill(OnnxGraph graph, OnnxNode node, Parameter parameter)
    {
        string name = $"{node.Output}.{parameter.Name}";
        if (!graph.Initialisers.TryGetValue(name, out OnnxTensor? tensor) || !tensor.Dimensions.SequenceEqual(parameter.Dimensions.Select(d => (long)d)))
            throw new InvalidDataException($"the weights '{name}' are missing or of another shape than [{string.Join(", ", parameter.Dimensions)}]");
        tensor.Values.CopyTo(parameter.Value, 0);
    }

    private static long[] Dimensions(OnnxGraph graph, OnnxNode node, int rank)
        => graph.Initialisers.TryGetValue($"{node.Output}.weight", out OnnxTensor? tensor) && tensor.Dimensions.Length == rank && tensor.Dimensions.All(d => d > 0) ? tensor.Dimensions
            : throw new InvalidDataException($"the weights '{node.Output}.weight' are missing or not of rank {rank}");

    private static float Scalar(OnnxGraph graph, OnnxNode node, string name)
        => graph.Initialisers.TryGetValue($"{node.Output}.{name}", out OnnxTensor? tensor) && tensor.Values.Length == 1 ? tensor.Values[0]
            : throw new InvalidDataException($"the value '{node.Output}.{name}' is missing");

    private static (int, int) Pair(OnnxNode node, string name, int standard) => (Int(node, name, 0, standard), Int(node, name, 1, standard));

    private static (int, int, int, int) Pads(OnnxNode node) => (Int(node, "pads", 0, 0), Int(node, "pads", 1, 0), Int(node, "pads", 2, 0), Int(node, "pads", 3, 0));

    private static int Int(OnnxNode node, string name, int index, int standard)
    {
        if (!node.Ints.TryGetValue(name, out long[]? values) || index >= values.Length) return standard;
        return values[index] is >= 0 and <= 65_536 ? (int)values[index] : throw new InvalidDataException($"attribute {name} of '{node.Output}' is {values[index]}");
    }
}
