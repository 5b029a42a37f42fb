using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// A table of ML.NET in its binary form with columns and no rows: how a model says what it takes and what it was trained on.
/// </summary>
internal sealed class BinaryIdv
{
    private const int HeaderLength = 256;
    private const ulong Version = 0x0001000100010006;

    private readonly ArrayBufferWriter<byte> blocks = new(), table = new();
    private int columns;

    private static ReadOnlySpan<byte> Magic => "CML\0DVB\0"u8;

    private static ReadOnlySpan<byte> Tail => "\0BVD\0LMC"u8;

    /// <summary>A column of texts.</summary>
    public BinaryIdv Text(string name) => Column(name, Codec("TextSpan", []), 0);

    /// <summary>A column of byte vectors.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="length">Values in each; 0 means any number.</param>
    public BinaryIdv Bytes(string name, int length) => Column(name, Vector("Byte", [length]), 0);

    /// <summary>A column of float vectors.</summary>
    public BinaryIdv Singles(string name, params int[] dimensions) => Column(name, Vector("Single", dimensions), 0);

    /// <summary>A column of keys with the texts that they stand for, as metadata KeyValues.</summary>
    public BinaryIdv Key(string name, IReadOnlyList<string> values)
    {
        int block = HeaderLength + blocks.WrittenCount;
        // One vector of K dense texts: their ends in UTF-16 units, then all of them as one UTF-8 string.
        Write(blocks, 1, values.Count, -1, 0, values.Count);
        int end = 0;
        foreach (string value in values) Write(blocks, end += value.Length);
        blocks.Write(String(string.Concat(values)));
        int length = HeaderLength + blocks.WrittenCount - block, metadata = HeaderLength + blocks.WrittenCount;
        byte[] kind = [1, .. String("KeyValues"), .. Vector("TextSpan", [values.Count]), 0]; // 0: not compressed
        blocks.Write(kind);
        Write64(blocks, block);
        blocks.Write(Leb128(length));

        var count = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(count, (ulong)values.Count);
        return Column(name, Codec("Key2", [.. Codec("UInt32", []), .. count]), metadata);
    }

    public byte[] ToArray()
    {
        int tables = HeaderLength + blocks.WrittenCount, tail = tables + table.WrittenCount;
        var file = new byte[tail + 8];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x08), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x10), Version);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x18), tables);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x20), tail);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x30), columns);
        blocks.WrittenSpan.CopyTo(file.AsSpan(HeaderLength));
        table.WrittenSpan.CopyTo(file.AsSpan(tables));
        Tail.CopyTo(file.AsSpan(tail));
        return file;
    }

    private BinaryIdv Column(string name, byte[] codec, long metadata)
    {
        byte[] entry = [.. String(name), .. codec, 1, 1]; // deflate, one row a block: what ML.NET writes for tables without rows
        table.Write(entry);
        Write64(table, HeaderLength);                   // where blocks would be listed
        Write64(table, metadata);
        columns++;
        return this;
    }

    private static byte[] Vector(string item, int[] dimensions)
    {
        var parameter = new ArrayBufferWriter<byte>();
        parameter.Write(Codec(item, []));
        Write(parameter, [dimensions.Length, .. dimensions]);
        return Codec("VBuffer", parameter.WrittenSpan);
    }

    private static byte[] Codec(string name, ReadOnlySpan<byte> parameter) => [.. String(name), .. Leb128(parameter.Length), .. parameter];

    private static byte[] String(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        return [.. Leb128(bytes.Length), .. bytes];
    }

    private static byte[] Leb128(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private static void Write(ArrayBufferWriter<byte> to, params ReadOnlySpan<int> values)
    {
        foreach (int value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(4), value);
            to.Advance(4);
        }
    }

    private static void Write64(ArrayBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(8), value);
        to.Advance(8);
    }
}
