namespace EmotionMLNet.Onnx;

/// <summary>An attribute of a node that is about to be written (onnx.proto, AttributeProto).</summary>
internal readonly struct OnnxAttribute
{
    private const int FloatKind = 1, IntKind = 2, TextKind = 3, TensorKind = 4, IntsKind = 7;

    private readonly string name;
    private readonly int kind;
    private readonly float single;
    private readonly string text = "";
    private readonly long[] whole = [];
    private readonly byte[] tensor = [];

    public OnnxAttribute(string name, long value)
    {
        this.name = name;
        kind = IntKind;
        whole = [value];
    }

    public OnnxAttribute(string name, float value)
    {
        this.name = name;
        kind = FloatKind;
        single = value;
    }

    public OnnxAttribute(string name, string value)
    {
        this.name = name;
        kind = TextKind;
        text = value;
    }

    public OnnxAttribute(string name, params long[] values)
    {
        this.name = name;
        kind = IntsKind;
        whole = values;
    }

    /// <param name="name">The name of the attribute.</param>
    /// <param name="tensor">A TensorProto.</param>
    public OnnxAttribute(string name, ProtobufWriter tensor)
    {
        this.name = name;
        kind = TensorKind;
        this.tensor = tensor.Written.ToArray();
    }

    public void WriteTo(ProtobufWriter attribute)
    {
        attribute.Text(1, name);
        if (kind == FloatKind) attribute.Float(2, single);
        else if (kind == TextKind) attribute.Text(4, text);
        else if (kind == TensorKind) attribute.Bytes(5, tensor);
        else foreach (long value in whole) attribute.Int(kind == IntKind ? 3 : 8, value);
        attribute.Int(20, kind);
    }
}
