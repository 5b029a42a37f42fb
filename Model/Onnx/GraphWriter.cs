namespace EmotionMLNet.Onnx;

/// <summary>Collects the nodes and tensors of a graph. Weights are held by reference and written once, straight into the file.</summary>
internal sealed class GraphWriter
{
    public const string Producer = "EmotionMLNet";

    private readonly ProtobufWriter nodes = new(), inputs = new(), outputs = new();
    private readonly List<OnnxModel.Part> initialisers = [];
    private readonly int opset;

    public GraphWriter(int opset) => this.opset = opset;

    /// <summary>The version of the file format that came with the opset: runtimes refuse larger numbers than they know.</summary>
    private int IrVersion => opset < 15 ? 7 : 8;

    /// <summary>Adds a node that is called like its output.</summary>
    /// <returns>The output's name, to be read by the next node.</returns>
    public string Node(string type, ReadOnlySpan<string> from, string output, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Documented(null, type, from, output, attributes);

    /// <param name="documentation">The node's doc_string, which runtimes ignore.</param>
    /// <param name="type">Operator.</param>
    /// <param name="from">Names of the values that it reads; empty stands for an optional one that is left out.</param>
    /// <param name="output">Name of what it writes.</param>
    /// <param name="attributes">Its attributes.</param>
    public string Documented(
        string? documentation,
        string type,
        ReadOnlySpan<string> from,
        string output,
        params ReadOnlySpan<OnnxAttribute> attributes
    )
    {
        var node = new ProtobufWriter();
        foreach (string input in from) node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, type);
        foreach (OnnxAttribute attribute in attributes)
        {
            var written = new ProtobufWriter();
            attribute.WriteTo(written);
            node.Bytes(5, written.Written);
        }
        if (documentation is not null) node.Text(6, documentation);
        nodes.Bytes(1, node.Written);
        return output;
    }

    /// <summary>Adds a float tensor; <paramref name="values"/> must not change until the model is written.</summary>
    public string Tensor(string name, ReadOnlySpan<long> dimensions, float[] values) =>
        Tensor(name, ElementType.Float, dimensions, values, 4L * values.Length);

    /// <summary>Adds a tensor of whole numbers: shapes, axes and so on.</summary>
    public string Tensor(string name, params long[] values) => Tensor(name, ElementType.Int64, [values.Length], values, 8L * values.Length);

    /// <summary>Adds a float scalar.</summary>
    public string Scalar(string name, float value) => Tensor(name, [], [value]);

    /// <summary>Adds a tensor whose little-endian bytes are there already.</summary>
    public string Tensor(string name, ElementType type, ReadOnlySpan<long> dimensions, byte[] raw) =>
        Tensor(name, type, dimensions, raw, raw.Length);

    /// <summary>
    /// Adds a tensor as a Constant node instead of an initialiser: runtimes fold it just so, and ML.NET, which knows no float16 among
    /// initialisers, does not look inside.
    /// </summary>
    public string Constant(string name, ElementType type, ReadOnlySpan<long> dimensions, byte[] raw)
    {
        ProtobufWriter tensor = Head(name, type, dimensions, raw.Length).Raw(raw);
        return Node("Constant", [], name, new OnnxAttribute("value", tensor));
    }

    private string Tensor(string name, ElementType type, ReadOnlySpan<long> dimensions, Array data, long bytes)
    {
        ProtobufWriter tensor = Head(name, type, dimensions, bytes);
        var whole = new ProtobufWriter().Prefix(5, tensor.Written.Length + bytes).Raw(tensor.Written);
        initialisers.Add(new OnnxModel.Part(whole.Written.ToArray(), data));
        return name;
    }

    // TensorProto without its last field, the values: dims = 1, data_type = 2, name = 8, raw_data = 9.
    private static ProtobufWriter Head(string name, ElementType type, ReadOnlySpan<long> dimensions, long bytes)
    {
        var tensor = new ProtobufWriter();
        foreach (long d in dimensions) tensor.Int(1, d);
        return tensor.Int(2, (int)type).Text(8, name).Prefix(9, bytes);
    }

    /// <param name="name">The name of the graph's input.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="dimensions">A number, or the name of a dimension that is free.</param>
    public string Input(string name, ElementType type, params ReadOnlySpan<object> dimensions) => Value(inputs, 11, name, type, dimensions);

    /// <summary>Declares the graph's output, as <see cref="Input"/> its input.</summary>
    public string Output(string name, ElementType type, params ReadOnlySpan<object> dimensions) =>
        Value(outputs, 12, name, type, dimensions);

    /// <summary>The model around the graph.</summary>
    /// <param name="metadata">ModelProto.metadata_props.</param>
    /// <param name="notes">See <see cref="OnnxModel.Notes"/>.</param>
    public OnnxModel Build(IEnumerable<KeyValuePair<string, string>> metadata, IReadOnlyList<string> notes)
    {
        var name = new ProtobufWriter().Text(2, "network");
        long graph =
            nodes.Written.Length + name.Written.Length + initialisers.Sum(p => p.Length) + inputs.Written.Length + outputs.Written.Length;
        var before = new ProtobufWriter().Int(1, IrVersion).Text(2, Producer).Prefix(7, graph).Raw(nodes.Written).Raw(name.Written);
        var behind = new ProtobufWriter().Raw(inputs.Written).Raw(outputs.Written).Message(8, o => o.Text(1, "").Int(2, opset));
        foreach ((string key, string value) in metadata) behind.Message(14, p => p.Text(1, key).Text(2, value));
        return new OnnxModel(
            [
                new OnnxModel.Part(before.Written.ToArray(), Array.Empty<byte>()),
                .. initialisers,
                new OnnxModel.Part(behind.Written.ToArray(), Array.Empty<byte>()),
            ],
            notes
        );
    }

    // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: elem_type = 1, shape = 2; TensorShapeProto: dim = 1.
    private static string Value(ProtobufWriter to, int field, string name, ElementType type, ReadOnlySpan<object> dimensions)
    {
        var shape = new ProtobufWriter();
        foreach (object dimension in dimensions)
        {
            var d = new ProtobufWriter();
            if (dimension is string free) d.Text(2, free);
            else d.Int(1, Convert.ToInt64(dimension, System.Globalization.CultureInfo.InvariantCulture));
            shape.Bytes(1, d.Written);
        }
        var tensor = new ProtobufWriter().Int(1, (int)type).Bytes(2, shape.Written);
        var typed = new ProtobufWriter().Bytes(1, tensor.Written);
        to.Message(field, v => v.Text(1, name).Bytes(2, typed.Written));
        return name;
    }
}
