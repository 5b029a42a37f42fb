using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Onnx;

/// <summary>
/// Writes protobuf messages (wire format, https://protobuf.dev/programming-guides/encoding): varints, and length-prefixed bytes, text,
/// arrays and messages.
/// </summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public ProtobufWriter Int(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtobufWriter Float(int field, float value)
    {
        Varint((ulong)field << 3 | 5);
        BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value) => Prefix(field, value.Length).Raw(value);

    /// <summary>What stands before <paramref name="length"/> bytes that are written elsewhere.</summary>
    public ProtobufWriter Prefix(int field, long length)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)length);
        return this;
    }

    /// <summary>Fields that are encoded already.</summary>
    public ProtobufWriter Raw(ReadOnlySpan<byte> fields)
    {
        buffer.Write(fields);
        return this;
    }

    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        return Bytes(field, inner.Written);
    }

    private void Varint(ulong value)
    {
        Span<byte> span = buffer.GetSpan(10);
        int n = 0;
        for (; value >= 0x80; value >>= 7) span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        buffer.Advance(n);
    }
}
