namespace EmotionMLNet.Onnx;

/// <summary>One operation of an ONNX file.</summary>
internal sealed class OnnxNode
{
    public List<string> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public string Output => Outputs.Count > 0 ? Outputs[0] : "";

    public string Name { get; private set; } = "";

    public string Type { get; private set; } = "";

    public string Domain { get; private set; } = "";

    public string Documentation { get; private set; } = "";

    public Dictionary<string, long[]> Ints { get; } = [];

    public Dictionary<string, float> Floats { get; } = [];

    public Dictionary<string, float[]> FloatLists { get; } = [];

    public Dictionary<string, string> Texts { get; } = [];

    public Dictionary<string, OnnxTensor> Tensors { get; } = [];

    /// <summary>What messages call the node.</summary>
    public string Label => Name.Length > 0 ? Name : Output;

    public long Int(string name, long standard) => Ints.TryGetValue(name, out long[]? values) && values.Length == 1 ? values[0] : standard;

    /// <exception cref="OnnxFormatException">The message is broken.</exception>
    public static OnnxNode Parse(ReadOnlyMemory<byte> message)
    {
        var node = new OnnxNode();
        var reader = new ProtobufReader(message.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: node.Inputs.Add(reader.Name); break;
                case 2: node.Outputs.Add(reader.Name); break;
                case 3: node.Name = reader.Name; break;
                case 4: node.Type = reader.Name; break;
                case 5: node.ReadAttribute(reader.Within(message)); break;
                case 6: node.Documentation = reader.Text; break;
                case 7: node.Domain = reader.Name; break;
            }
        }
        return node;
    }

    private void ReadAttribute(ReadOnlyMemory<byte> message)
    {
        string name = "";
        string? text = null;
        var ints = new List<long>();
        var floats = new List<float>();
        float? single = null;
        OnnxTensor? tensor = null;
        var reader = new ProtobufReader(message.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Name; break;
                case 2: single = reader.Float; break;
                case 3 or 8: reader.AddInts(ints); break;
                case 4: text = reader.Text; break;
                case 5: tensor = OnnxTensor.Parse(reader.Within(message)); break;
                case 7: reader.AddFloats(floats); break;
            }
        }
        if (single is { } f) Floats[name] = f;
        else if (text is not null) Texts[name] = text;
        else if (tensor is not null) Tensors[name] = tensor;
        else if (floats.Count > 0) FloatLists[name] = [.. floats];
        else Ints[name] = [.. ints];
    }
}
