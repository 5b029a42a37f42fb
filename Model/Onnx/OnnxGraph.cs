namespace EmotionMLNet.Onnx;

/// <summary>An ONNX file as it stands: nodes, initialisers, inputs and outputs, before anything is made of it.</summary>
internal sealed class OnnxGraph
{
    /// <summary>Most nodes that are read; the largest classifiers have a few thousand.</summary>
    private const int MostNodes = 20_000;

    /// <summary>Most initialisers, inputs, outputs and metadata, each: a node has a few parameters.</summary>
    private const int MostEntries = 4 * MostNodes;

    private Dictionary<string, string>? readers; // the type of the nodes that read a value, empty where they are of several

    public List<OnnxNode> Nodes { get; } = [];

    public Dictionary<string, OnnxTensor> Initialisers { get; } = [];

    /// <summary>Name and dimensions, -1 where symbolic; initialisers that are listed as inputs too are not among them.</summary>
    public List<(string Name, long[] Dimensions)> Inputs { get; } = [];

    public List<(string Name, long[] Dimensions)> Outputs { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Name of the program that wrote the file.</summary>
    public string Producer { get; private set; } = "";

    /// <summary>Version of the operators.</summary>
    public long Opset { get; private set; }

    /// <summary>Whether nodes of only one type read a value.</summary>
    public bool OnlyFeeds(string value, string type)
    {
        if (readers is null)
        {
            readers = [];
            foreach (OnnxNode node in Nodes)
                foreach (string input in node.Inputs)
                    readers[input] = !readers.TryGetValue(input, out string? other) || other == node.Type ? node.Type : "";
        }
        return !readers.TryGetValue(value, out string? reader) || reader == type;
    }

    /// <exception cref="OnnxFormatException">The bytes are no ONNX model.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static OnnxGraph Parse(ReadOnlyMemory<byte> model, CancellationToken cancellationToken = default)
    {
        var graph = new OnnxGraph();
        var reader = new ProtobufReader(model.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: graph.Producer = reader.Text; break;
                case 7: graph.ReadGraph(reader.Within(model), cancellationToken); break;
                case 8: graph.ReadOpset(reader.Bytes); break;
                case 14: graph.ReadMetadata(reader.Bytes); break;
            }
        }
        graph.Inputs.RemoveAll(i => graph.Initialisers.ContainsKey(i.Name));
        return graph.Nodes.Count > 0 ? graph : throw new OnnxFormatException("an ONNX model without nodes");
    }

    private void ReadGraph(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var reader = new ProtobufReader(message.Span);
        while (reader.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Math.Max(Initialisers.Count, Math.Max(Inputs.Count, Outputs.Count)) > MostEntries)
                throw new OnnxFormatException($"an ONNX model of more than {MostEntries} tensors");
            switch (reader.Field)
            {
                case 1 when Nodes.Count == MostNodes:
                    throw new OnnxFormatException($"an ONNX model of more than {MostNodes} nodes");
                case 1:
                    Nodes.Add(OnnxNode.Parse(reader.Within(message)));
                    break;
                case 5:
                    var tensor = OnnxTensor.Parse(reader.Within(message));
                    Initialisers[tensor.Name] = tensor;
                    break;
                case 11:
                    Inputs.Add(ReadValue(reader.Bytes));
                    break;
                case 12:
                    Outputs.Add(ReadValue(reader.Bytes));
                    break;
            }
        }
    }

    private void ReadOpset(ReadOnlySpan<byte> message)
    {
        string domain = "";
        long version = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) domain = reader.Text;
            else if (reader.Field == 2) version = reader.Int;
        }
        if (domain is "" or "ai.onnx") Opset = version;
    }

    private void ReadMetadata(ReadOnlySpan<byte> message)
    {
        string key = "", value = "";
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) key = reader.Text;
            else if (reader.Field == 2) value = reader.Text;
        }
        Metadata[key] = value;
        if (Metadata.Count > MostEntries) throw new OnnxFormatException($"an ONNX model of more than {MostEntries} metadata");
    }

    // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: shape = 2; TensorShapeProto: dim = 1; Dimension: dim_value =
    // 1.
    private static (string, long[]) ReadValue(ReadOnlySpan<byte> message)
    {
        string name = "";
        var dimensions = new List<long>();
        var value = new ProtobufReader(message);
        while (value.Next())
        {
            if (value.Field == 1) name = value.Name;
            if (value.Field != 2) continue;
            var shape = new ProtobufReader(Inside(Inside(value.Bytes, 1), 2));
            while (shape.Next())
            {
                var dimension = new ProtobufReader(shape.Bytes);
                long size = -1;
                while (dimension.Next())
                    if (dimension.Field == 1) size = dimension.Int;
                dimensions.Add(size);
                if (dimensions.Count > OnnxTensor.MostAxes)
                    throw new OnnxFormatException($"'{name}' has more than {OnnxTensor.MostAxes} axes");
            }
        }
        return (name, [.. dimensions]);
    }

    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
            if (reader.Field == field) return reader.Bytes;
        return default;
    }
}
