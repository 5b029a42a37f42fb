using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Bits of entropy-coded data: stuffed zeros removed, markers left alone (ITU-T T.81, F.2.2.5).</summary>
internal ref struct JpegBitReader(ReadOnlySpan<byte> data, int position)
{
    private readonly ReadOnlySpan<byte> data = data;
    private ulong bits; // the next bits at the top
    private int count, beyond; // bits in the buffer, and how many of those last put in are made up

    /// <summary>Where reading goes on: behind the last byte taken, or at a marker.</summary>
    public int Position { get; private set; } = position;

    /// <summary>At least <paramref name="wanted"/> (up to 32) bits in the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Need(int wanted)
    {
        if (count < wanted) Fill();
    }

    /// <summary>The next bits without taking them; call <see cref="Need"/> before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Peek(int length) => (int)(bits >> (64 - length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop(int length)
    {
        bits <<= length;
        count -= length;
    }

    /// <summary>Takes up to 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int length)
    {
        Need(length);
        int value = (int)(bits >> 1 >> (63 - length));
        Drop(length);
        return value;
    }

    /// <summary>Takes a value of a magnitude category: T.81, figure F.12 (EXTEND).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSigned(int length)
    {
        if (length == 0) return 0;
        int value = Take(length);
        return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
    }

    /// <summary>Takes a Huffman symbol.</summary>
    /// <exception cref="ImageFormatException">No code of the table.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        Need(16);
        int entry = table.Short(Peek(HuffmanTable.LookupBits));
        if (entry != 0)
        {
            Drop(entry >> 8);
            return entry & 0xFF;
        }
        int symbol = table.Long(Peek(16), out int length);
        if (symbol < 0) throw Error("a code that is in no Huffman table");
        Drop(length);
        return symbol;
    }

    /// <summary>Goes to the restart marker that belongs here and past it.</summary>
    /// <param name="number">0 to 7.</param>
    public void Restart(int number)
    {
        CheckEnd();
        (bits, count, beyond) = (0, 0, 0);
        int at = Position;
        while (at + 1 < data.Length && (data[at] != 0xFF || data[at + 1] is 0 or 0xFF)) at++; // some encoders pad
        if (at + 1 >= data.Length) throw Error("the file ends where a restart marker belongs");
        if (data[at + 1] != 0xD0 + number) throw Error($"marker {data[at + 1]:X2} where restart {number} belongs");
        Position = at + 2;
    }

    /// <summary>Whether more bits were taken than stand before the next marker. The rest of the restart interval then has no data, and stays empty.</summary>
    public readonly bool Starved => beyond > count;

    /// <summary>Refuses a file that ends before what was read of it.</summary>
    public readonly void CheckEnd()
    {
        if (Starved && Position + 1 >= data.Length) throw Error("the picture data end early: the file is truncated");
    }

    public readonly ImageFormatException Error(string reason) => new("JPEG", Position, reason);

    private void Fill()
    {
        if (Position + 8 <= data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(data[Position..]);
            // Eight bytes without FF: take as many whole ones as fit.
            if ((next & 0x8080808080808080 & ~(next + 0x0101010101010101)) == 0)
            {
                int bytes = (64 - count) >> 3;
                bits |= bytes == 8 ? next : next >> (64 - 8 * bytes) << (64 - 8 * bytes) >> count;
                count += 8 * bytes;
                Position += bytes;
                return;
            }
        }
        while (count <= 56)
        {
            ulong value = 0;
            if (Position < data.Length && data[Position] != 0xFF) value = data[Position++];
            else if (Position + 1 < data.Length && data[Position] == 0xFF && data[Position + 1] == 0)
            {
                value = 0xFF;
                Position += 2;
            }
            else
            {
                beyond += 8; // zeros, which count only once they are taken
            }
            bits |= value << (56 - count);
            count += 8;
        }
    }
}
