using System.Runtime.InteropServices;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>An ONNX model written node by node: for the spellings that torch.onnx does not write.</summary>
internal sealed class HandMadeGraph(int opset, string domain = "")
{
    /// <summary>onnx.proto: TensorProto.DataType.</summary>
    public const int Float = 1, UInt8 = 2, Int64 = 7, Half = 10, Double = 11;

    private readonly ProtobufWriter graph = new();

    /// <param name="name">Of the input.</param>
    /// <param name="dimensions">-1 is symbolic.</param>
    public HandMadeGraph Input(string name, params long[] dimensions) => Value(11, name, dimensions);

    public HandMadeGraph Output(string name, params long[] dimensions) => Value(12, name, dimensions);

    /// <param name="type">Operator, "domain::Operator" where it is not ONNX's own.</param>
    /// <param name="inputs">Names between spaces; _ is one left out.</param>
    /// <param name="outputs">Names between spaces.</param>
    /// <param name="attributes">Names with a long, a float, a string, an array of long or float, or what writes a tensor.</param>
    public HandMadeGraph Node(string type, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        string[] parts = type.Split("::");
        graph.Message(1, node =>
        {
            foreach (string input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries)) node.Text(1, input == "_" ? "" : input);
            foreach (string output in outputs.Split(' ')) node.Text(2, output);
            node.Text(3, $"node of {outputs}").Text(4, parts[^1]);
            foreach ((string name, object value) in attributes) node.Message(5, a => Attribute(a.Text(1, name), value));
            if (parts.Length > 1) node.Text(7, parts[0]);
        });
        return this;
    }

    public HandMadeGraph Floats(string name, long[] dimensions, params float[] values)
        => Tensor(name, dimensions, Float, t => Raw(t, 9, values));

    public HandMadeGraph Ints(string name, params long[] values) => Tensor(name, [values.Length], Int64, t => Repeated(t, 7, values));

    /// <param name="name">Of the initialiser.</param>
    /// <param name="dimensions">None is a scalar.</param>
    /// <param name="type">One of the constants of this class.</param>
    /// <param name="data">Writes the field that holds the values.</param>
    public HandMadeGraph Tensor(string name, long[] dimensions, int type, Action<ProtobufWriter> data)
    {
        graph.Message(5, t => Describe(t.Text(8, name), dimensions, type, data));
        return this;
    }

    public byte[] ToArray()
    {
        var model = new ProtobufWriter();
        model.Int(1, 8).Bytes(7, graph.Written).Message(8, o => o.Text(1, domain).Int(2, opset));
        return model.Written.ToArray();
    }

    /// <summary>A tensor as an attribute's value.</summary>
    public static Action<ProtobufWriter> TensorOf(long[] dimensions, int type, Action<ProtobufWriter> data) =>
        t => Describe(t, dimensions, type, data);

    /// <summary>Every value as a field of its own, as writers of protobuf's second version do.</summary>
    public static void Repeated(ProtobufWriter writer, int field, params long[] values)
    {
        foreach (long value in values) writer.Int(field, value);
    }

    public static void Raw(ProtobufWriter writer, int field, ReadOnlySpan<float> values) =>
        writer.Bytes(field, MemoryMarshal.AsBytes(values));

    private static void Describe(ProtobufWriter tensor, long[] dimensions, int type, Action<ProtobufWriter> data)
    {
        Repeated(tensor, 1, dimensions);
        data(tensor.Int(2, type));
    }

    private static void Attribute(ProtobufWriter attribute, object value)
    {
        switch (value)
        {
            case float f: attribute.Float(2, f).Int(20, 1); break;
            case int i: attribute.Int(3, i).Int(20, 2); break;
            case string s: attribute.Text(4, s).Int(20, 3); break;
            case Action<ProtobufWriter> tensor: attribute.Message(5, tensor).Int(20, 4); break;
            case float[] fs:
                foreach (float f in fs) attribute.Float(7, f);
                attribute.Int(20, 6);
                break;
            case long[] values:
                Repeated(attribute, 8, values);
                attribute.Int(20, 7);
                break;
            default: throw new ArgumentException($"an attribute of {value.GetType()}");
        }
    }

    private HandMadeGraph Value(int field, string name, long[] dimensions)
    {
        graph.Message(field, v => v.Text(1, name).Message(2, type => type.Message(1, tensor => tensor.Int(1, Float).Message(2, shape =>
        {
            foreach (long size in dimensions) shape.Message(1, d => _ = size < 0 ? d.Text(2, "N") : d.Int(1, size));
        }))));
        return this;
    }
}
