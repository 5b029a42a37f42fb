namespace EmotionMLNet.Onnx;

/// <summary>An ONNX file as it stands: nodes, initialisers, inputs and outputs, before anything is made of it.</summary>
internal sealed class OnnxGraph
{
    /// <summary>Most nodes that are read; the largest classifiers have a few thousand.</summary>
    private const int MostNodes = 20_000;

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

    /// <exception cref="InvalidDataException">The bytes are no ONNX model.</exception>
    public static OnnxGraph Parse(ReadOnlyMemory<byte> model)
    {
        var graph = new OnnxGraph();
        var reader = new ProtobufReader(model.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: graph.Producer = reader.Text; break;
                case 7: graph.ReadGraph(reader.Within(model)); break;
                case 8: graph.ReadOpset(reader.Bytes); break;
                case 14: graph.ReadMetadata(reader.Bytes); break;
            }
        }
        graph.Inputs.RemoveAll(i => graph.Initialisers.ContainsKey(i.Name));
        return graph.Nodes.Count > 0 ? graph : throw new InvalidDataException("an ONNX model without nodes");
    }

    private void ReadGraph(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtobufReader(message.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when Nodes.Count == MostNodes:
                    throw new InvalidDataException($"an ONNX model of more than {MostNodes} nodes");
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
    }

    // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: shape = 2; TensorShapeProto: dim = 1; Dimension: dim_value = 1.
    private static (string, long[]) ReadValue(ReadOnlySpan<byte> message)
    {
        string name = "";
        var dimensions = new List<long>();
        var value = new ProtobufReader(message);
        while (value.Next())
        {
            if (value.Field == 1) name = value.Text;
            if (value.Field != 2) continue;
            var shape = new ProtobufReader(Inside(Inside(value.Bytes, 1), 2));
            while (shape.Next())
            {
                var dimension = new ProtobufReader(shape.Bytes);
                long size = -1;
                while (dimension.Next())
                    if (dimension.Field == 1) size = dimension.Int;
                dimensions.Add(size);
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
