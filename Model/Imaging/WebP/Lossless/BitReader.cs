using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Reads bits, least significant first, through a window of 64.</summary>
/// <remarks>
/// Hot loops copy the struct into a local and back, so that its fields stay in registers; that is why nothing that is not inlined
/// takes it by reference. Behind the end come zeros until <see cref="Fill"/> or <see cref="CheckEnd"/> notices.
/// </remarks>
internal struct BitReader
{
    private readonly byte[] data;
    private readonly int length;
    private readonly int origin;
    private int position;
    private ulong window;
    private int available;

    /// <param name="data">Begins with the payload.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="origin">Its position in the file, for messages.</param>
    public BitReader(byte[] data, int length, int origin)
    {
        this.data = data;
        this.length = length;
        this.origin = origin;
        Fill();
    }

    /// <summary>Bytes of the payload.</summary>
    public readonly int Length => length;

    /// <summary>The next bits; at least 56 are valid after <see cref="Fill"/>.</summary>
    public readonly ulong Window => window;

    /// <summary>Drops bits that were looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consume(int count)
    {
        window >>= count;
        available -= count;
    }

    /// <summary>The next 0 to 24 bits as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(int count)
    {
        Fill();
        int value = (int)window & ((1 << count) - 1);
        Consume(count);
        return value;
    }

    public bool ReadFlag() => Read(1) != 0;

    /// <summary>Makes at least 56 bits valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill()
    {
        if (available >= 56) return;
        ulong next =
            position + 8 <= length ? BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(position)) : Tail(data, length, position, origin);
        window |= next << available;
        int bytes = (63 - available) >> 3;
        position += bytes;
        available += 8 * bytes;
    }

    /// <summary>Refuses a stream of which more was used than there is.</summary>
    public readonly void CheckEnd()
    {
        if (position * 8L - available > length * 8L) throw CutOff(length, origin);
    }

    public readonly ImageFormatException Error(string reason) =>
        new(WebPDecoder.Format, origin + Math.Min(position - available / 8, length), reason);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Tail(byte[] data, int length, int position, int origin)
    {
        // The window holds 8 bytes: beyond that, zeros have been used as data for certain.
        if (position > length + 8) throw CutOff(length, origin);
        ulong next = 0;
        for (int i = 0; position + i < length; i++) next |= (ulong)data[position + i] << (8 * i);
        return next;
    }

    private static ImageFormatException CutOff(int length, int origin) =>
        new(WebPDecoder.Format, origin + length, "the lossless data end in mid-picture: the file is cut off or damaged");
}
