namespace EmotionMLNet.Onnx;

/// <summary>One operation of an ONNX file.</summary>
internal sealed class OnnxNode
{
    public List<string> Inputs { get; } = [];

    public string Output { get; private set; } = "";

    public string Type { get; private set; } = "";

    public string Documentation { get; private set; } = "";

    public Dictionary<string, long[]> Ints { get; } = [];

    public Dictionary<string, float> Floats { get; } = [];

    /// <exception cref="InvalidDataException">The message is broken.</exception>
    public static OnnxNode Parse(ReadOnlySpan<byte> message)
    {
        var node = new OnnxNode();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: node.Inputs.Add(reader.Text); break;
                case 2: node.Output = reader.Text; break;
                case 4: node.Type = reader.Text; break;
                case 5: node.ReadAttribute(reader.Bytes); break;
                case 6: node.Documentation = reader.Text; break;
            }
        }
        return node;
    }

    private void ReadAttribute(ReadOnlySpan<byte> message)
    {
        string name = "";
        var ints = new List<long>();
        float? single = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text; break;
                case 2: single = reader.Float; break;
                case 3 or 8: ints.Add(reader.Int); break;
            }
        }
        if (single is { } f) Floats[name] = f;
        else Ints[name] = [.. ints];
    }
}
