using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Onnx;

/// <summary>A tensor of an ONNX file (onnx.proto, TensorProto): numbers of any type, as floats or as whole numbers.</summary>
internal sealed class OnnxTensor
{
    /// <summary>Most axes of a tensor that is read; networks for pictures have up to five.</summary>
    public const int MostAxes = 16;

    private readonly ElementType type;
    private readonly ReadOnlyMemory<byte> raw;
    private readonly List<float> floats = [];
    private readonly List<long> whole = [];
    private readonly List<double> doubles = [];
    private readonly bool external;

    private OnnxTensor(ReadOnlyMemory<byte> message)
    {
        var dimensions = new List<long>();
        var reader = new ProtobufReader(message.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.AddInts(dimensions); break;
                case 2: type = (ElementType)reader.Int; break;
                case 4: reader.AddFloats(floats); break;
                case 5 or 7: reader.AddInts(whole); break;
                case 8: Name = reader.Name; break;
                case 9: raw = reader.Within(message); break;
                case 10: reader.AddDoubles(doubles); break;
                case 14: external = reader.Int == 1; break;
            }
        }
        if (dimensions.Count > MostAxes) throw new OnnxFormatException($"tensor '{Name}' of {dimensions.Count} axes");
        long length = 1;
        foreach (long d in dimensions)
            if (d is < 0 or > int.MaxValue || (length *= d) > int.MaxValue)
                throw new OnnxFormatException($"tensor '{Name}' of impossible size");
        Dimensions = [.. dimensions];
        Length = (int)length;
    }

    public string Name { get; } = "";

    public long[] Dimensions { get; }

    /// <summary>Whether it holds fractions rather than whole numbers or booleans.</summary>
    public bool IsFloat => type is ElementType.Float or ElementType.Float16 or ElementType.Double;

    private int Length { get; }

    /// <exception cref="OnnxFormatException">The message is broken.</exception>
    public static OnnxTensor Parse(ReadOnlyMemory<byte> message) => new(message);

    /// <summary>The values of a tensor of fractions; halves and doubles are converted.</summary>
    /// <exception cref="OnnxFormatException">Another type, or a size that is not that of the data.</exception>
    public float[] Floats()
    {
        if (Stored(type) is int size)
        {
            ReadOnlySpan<byte> bytes = Raw(size);
            var values = new float[Length];
            if (type == ElementType.Float && BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            else for (int i = 0; i < values.Length; i++) values[i] = Float(bytes[(i * size)..]);
            return values;
        }
        return type switch
        {
            ElementType.Float => Whole(floats.ToArray()),
            ElementType.Double => Whole([.. doubles.Select(d => (float)d)]),
            ElementType.Float16 => Whole([.. whole.Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))]),
            _ => throw Wrong(),
        };
    }

    /// <summary>The values of a tensor of whole numbers or booleans.</summary>
    /// <exception cref="OnnxFormatException">Another type, or a size that is not that of the data.</exception>
    public long[] Ints()
    {
        if (Stored(type) is not int size)
            return type is ElementType.Int64 or ElementType.Int32 or ElementType.Int8 or ElementType.UInt8 or ElementType.Bool
                ? Whole(whole.ToArray())
                : throw Wrong();
        ReadOnlySpan<byte> bytes = Raw(size);
        var values = new long[Length];
        for (int i = 0; i < values.Length; i++) values[i] = Int(bytes[(i * size)..]);
        return values;
    }

    // Size of an element in raw_data, or null if the values stand in one of the typed fields.
    private int? Stored(ElementType element)
    {
        if (external) throw new OnnxFormatException($"tensor '{Name}' lies in a file of its own: save the model with its weights inside");
        if (raw.IsEmpty && Length > 0) return null;
        return element switch
        {
            ElementType.Float or ElementType.Int32 => 4,
            ElementType.Int64 or ElementType.Double => 8,
            ElementType.Float16 => 2,
            ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
            _ => throw Wrong(),
        };
    }

    private ReadOnlySpan<byte> Raw(int size) =>
        raw.Length == (long)size * Length
            ? raw.Span
            : throw new OnnxFormatException($"tensor '{Name}' of {raw.Length} bytes, {(long)size * Length} belong there");

    private T[] Whole<T>(T[] values) =>
        values.Length == Length
            ? values
            : throw new OnnxFormatException($"tensor '{Name}' of {values.Length} values, {Length} belong there");

    private float Float(ReadOnlySpan<byte> at) => type switch
    {
        ElementType.Float => BinaryPrimitives.ReadSingleLittleEndian(at),
        ElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(at),
        ElementType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
        _ => throw Wrong(),
    };

    private long Int(ReadOnlySpan<byte> at) => type switch
    {
        ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(at),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
        ElementType.UInt8 or ElementType.Bool => at[0],
        ElementType.Int8 => (sbyte)at[0],
        _ => throw Wrong(),
    };

    private OnnxFormatException Wrong() => new($"tensor '{Name}' of ONNX type {(int)type}, which is not read here");
}
