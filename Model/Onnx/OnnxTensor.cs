using System.Buffers.Binary;

namespace EmotionMLNet.Onnx;

/// <summary>Float weights of an ONNX file.</summary>
internal sealed record OnnxTensor(string Name, long[] Dimensions, float[] Values)
{
    /// <exception cref="InvalidDataException">Another type than float, or a size that is not that of the data.</exception>
    public static OnnxTensor Parse(ReadOnlySpan<byte> message)
    {
        string name = "";
        var dimensions = new List<long>();
        long type = 0, length = 1;
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    dimensions.Add(reader.Int);
                    if (reader.Int is < 0 or > int.MaxValue || (length *= reader.Int) > int.MaxValue) throw new InvalidDataException("a tensor of impossible size");
                    break;
                case 2: type = reader.Int; break;
                case 8: name = reader.Text; break;
                case 9: raw = reader.Bytes; break;
            }
        }
        if (type != 1) throw new InvalidDataException($"tensor '{name}' of ONNX type {type}, only float is read");
        if (raw.Length != 4 * length) throw new InvalidDataException($"tensor '{name}' of {raw.Length} bytes, {4 * length} belong there");
        var values = new float[length];
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * i)..]);
        return new OnnxTensor(name, [.. dimensions], values);
    }
}
