using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>The arithmetic decoder of VP8 (RFC 6386, section 7) over a window of 64 bits.</summary>
/// <remarks>
/// Hot loops copy the struct into a local and back, so that its fields stay in registers; that is why nothing that is not inlined
/// takes it by reference. Behind the end come zeros, and <see cref="PastEnd"/> becomes true: callers ask once a macroblock.
/// </remarks>
internal struct BoolDecoder
{
    private readonly byte[] data;
    private readonly int end;
    private int position;

    // Bits below the 8 that are compared with the split; negative: fewer than 8 are left.
    private int spare;
    private ulong window;

    // The range less 1, as the split is computed from it: 127 to 254.
    private uint range;

    public BoolDecoder(byte[] data, int start, int length)
    {
        this.data = data;
        position = start;
        end = start + length;
        spare = -8;
        window = 0;
        range = 254;
        // At once, so that an empty partition counts as cut off even where nothing is read from it.
        Refill();
    }

    /// <summary>More bits were used than there are.</summary>
    public readonly bool PastEnd => position > end;

    /// <summary>Index of the next byte that will be loaded.</summary>
    public readonly int Position => Math.Min(position, end);

    /// <summary>One bool that is 0 with a probability of <paramref name="probability"/> / 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Read(int probability)
    {
        if (spare < 0) Refill();
        uint split = (range * (uint)probability) >> 8;
        bool bit = (uint)(window >> spare) > split;
        if (bit)
        {
            range -= split;
            window -= (ulong)(split + 1) << spare;
        }
        else
        {
            range = split + 1;
        }
        int shift = BitOperations.LeadingZeroCount(range) - 24;
        range = (range << shift) - 1;
        spare -= shift;
        return bit;
    }

    /// <summary>The value, negated if the next even-odds bool is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadSign(int value) => Read(128) ? -value : value;

    public bool ReadFlag() => Read(128);

    /// <summary>Unsigned number of even-odds bits, most significant first.</summary>
    public int ReadNumber(int bits)
    {
        int value = 0;
        while (bits-- > 0) value = 2 * value + (Read(128) ? 1 : 0);
        return value;
    }

    /// <summary>A number of <paramref name="bits"/> bits and its sign behind a flag; 0 without the flag.</summary>
    public int ReadOptionalSigned(int bits) => ReadFlag() ? ReadSign(ReadNumber(bits)) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Refill()
    {
        // Near the end no more is loaded than there is, so that the first missing bit is noticed and not the seventh missing byte.
        int count = Math.Clamp(end - position, 1, 7);
        window = (window << (8 * count)) | Load(data, position, end, count);
        position += count;
        spare += 8 * count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Load(byte[] data, int position, int end, int count)
    {
        if (position >= end) return 0;
        if (position + 8 <= data.Length) return BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(position)) >> (64 - 8 * count);
        ulong bytes = 0;
        for (int i = 0; i < count; i++) bytes = (bytes << 8) | data[position + i];
        return bytes;
    }
}
