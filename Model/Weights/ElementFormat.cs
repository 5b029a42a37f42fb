using System.Buffers.Binary;

namespace EmotionMLNet.Weights;

/// <summary>How weights files store one number, little-endian.</summary>
internal enum ElementFormat
{
    F32,
    F64,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

internal static class ElementFormats
{
    public static int Size(this ElementFormat format) => format switch
    {
        ElementFormat.F64 or ElementFormat.I64 => 8,
        ElementFormat.F32 or ElementFormat.I32 => 4,
        ElementFormat.F16 or ElementFormat.BF16 or ElementFormat.I16 => 2,
        _ => 1,
    };

    public static float Read(this ElementFormat format, ReadOnlySpan<byte> at) => format switch
    {
        ElementFormat.F32 => BinaryPrimitives.ReadSingleLittleEndian(at),
        ElementFormat.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
        ElementFormat.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(at),
        ElementFormat.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(at) << 16),
        ElementFormat.I64 => BinaryPrimitives.ReadInt64LittleEndian(at),
        ElementFormat.I32 => BinaryPrimitives.ReadInt32LittleEndian(at),
        ElementFormat.I16 => BinaryPrimitives.ReadInt16LittleEndian(at),
        ElementFormat.I8 => (sbyte)at[0],
        _ => at[0],
    };

    /// <summary>Values at the given steps, of bytes that hold at least as many.</summary>
    public static float[] Read(
        this ElementFormat format,
        ReadOnlySpan<byte> bytes,
        long offset,
        long[] dimensions,
        long[] strides,
        int length
    )
    {
        var values = new float[length];
        int size = format.Size();
        var at = new long[dimensions.Length];
        long place = offset;
        for (int i = 0; i < length; i++)
        {
            values[i] = format.Read(bytes[(int)(place * size)..]);
            for (int d = dimensions.Length - 1; d >= 0; d--)
            {
                place += strides[d];
                if (++at[d] < dimensions[d]) break;
                place -= at[d] * strides[d];
                at[d] = 0;
            }
        }
        return values;
    }
}
