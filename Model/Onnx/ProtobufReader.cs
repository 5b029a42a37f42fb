using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Onnx;

/// <summary>Reads protobuf fields one after the other; every length is checked against what is there.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private const int LongestName = 2048;

    private ReadOnlySpan<byte> rest = data;
    private bool packed;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Its value if it is a number.</summary>
    public long Int { get; private set; }

    /// <summary>Its value if it is a float.</summary>
    public readonly float Float => BitConverter.Int32BitsToSingle((int)Int);

    /// <summary>Its value if it is bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its value as text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Its value as the name of something: names are copied, joined and searched for, so they stay short.</summary>
    public readonly string Name =>
        Bytes.Length <= LongestName
            ? Text
            : throw new OnnxFormatException($"a name of {Bytes.Length} bytes in an ONNX model; {LongestName} are the most that is read");

    /// <summary>The same bytes as a part of the message's memory, which may be kept.</summary>
    public readonly ReadOnlyMemory<byte> Within(ReadOnlyMemory<byte> message)
        => !Bytes.IsEmpty && message.Span.Overlaps(Bytes, out int start) ? message.Slice(start, Bytes.Length) : default;

    /// <summary>A repeated number: one, or several packed into bytes.</summary>
    public readonly void AddInts(List<long> values)
    {
        if (!packed) values.Add(Int);
        for (var inner = new ProtobufReader(Bytes); !inner.rest.IsEmpty;) values.Add((long)inner.Varint());
    }

    /// <summary>A repeated float: one, or several packed into bytes.</summary>
    public readonly void AddFloats(List<float> values)
    {
        if (!packed) values.Add(Float);
        for (var inner = new ProtobufReader(Bytes); !inner.rest.IsEmpty; )
            values.Add(BinaryPrimitives.ReadSingleLittleEndian(inner.Take(4)));
    }

    /// <summary>A repeated double: one, or several packed into bytes.</summary>
    public readonly void AddDoubles(List<double> values)
    {
        if (!packed) values.Add(BitConverter.Int64BitsToDouble(Int));
        for (var inner = new ProtobufReader(Bytes); !inner.rest.IsEmpty; )
            values.Add(BinaryPrimitives.ReadDoubleLittleEndian(inner.Take(8)));
    }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="OnnxFormatException">The message is broken.</exception>
    public bool Next()
    {
        if (rest.IsEmpty) return false;
        ulong key = Varint();
        Field = (int)(key >> 3);
        Bytes = default;
        Int = 0;
        packed = (key & 7) == 2;
        switch (key & 7)
        {
            case 0:
                Int = (long)Varint();
                break;
            case 1:
                Int = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
                break;
            case 2:
                ulong length = Varint();
                Bytes = Take(length > int.MaxValue ? int.MaxValue : (int)length);
                break;
            case 5:
                Int = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            default:
                throw new OnnxFormatException($"a protobuf field of unknown wire type {key & 7}");
        }
        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new OnnxFormatException("a protobuf number of more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length) throw new OnnxFormatException("a protobuf message that ends early");
        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
