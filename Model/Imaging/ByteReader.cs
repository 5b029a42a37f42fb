using System.Buffers.Binary;

namespace EmotionMLNet.Imaging;

/// <summary>
/// A cursor over the bytes of a file. Every read is checked, so that a broken file ends in an <see cref="ImageFormatException"/>
/// that names the position and never in an index out of range.
/// </summary>
internal ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> data;
    private readonly string format;

    public ByteReader(ReadOnlySpan<byte> data, string format, int position = 0)
    {
        this.data = data;
        this.format = format;
        Position = position;
    }

    /// <summary>Index of the next byte in the file.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => data.Length - Position;

    public readonly bool AtEnd => Position == data.Length;

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16LittleEndian() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt32LittleEndian() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int ReadInt32LittleEndian() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>The next bytes, without copying.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining) throw Error($"the file ends here, {(uint)count} more bytes were announced");
        ReadOnlySpan<byte> bytes = data.Slice(Position, count);
        Position += count;
        return bytes;
    }

    public void Skip(int count) => Take(count);

    /// <summary>Goes to a position of the file.</summary>
    public void Seek(long position)
    {
        if (position < 0 || position > data.Length) throw Error($"byte {position} is referred to, but the file has {data.Length} bytes");
        Position = (int)position;
    }

    /// <summary>An exception for the present position.</summary>
    public readonly ImageFormatException Error(string reason) => new(format, Position, reason);
}
