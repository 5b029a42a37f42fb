namespace EmotionMLNet.Imaging.Gif;

/// <summary>The LZW of GIF: codes of growing length, lowest bits first, at most 12 bits.</summary>
/// <remarks>A string is its code's last index and the code of the rest; strings are written from their end, no stack is needed.</remarks>
internal static class GifLzw
{
    /// <summary>Receives rows of palette indices.</summary>
    internal interface IRows
    {
        /// <summary>The next row.</summary>
        void Add(ReadOnlySpan<byte> indices);
    }

    // Strings are put together here until they fill rows.
    private const int Assembled = 1 << 16;

    private const int MaxCodes = 4096, MaxBits = 12;

    /// <summary>Pixels that so many bytes can make at most: every code stands for fewer than 4096.</summary>
    public static long LargestOutput(long bytes, int rootBits) => bytes * 8 / (rootBits + 1) * MaxCodes;

    /// <summary>Gives the rows of a picture one after the other; anything after them is passed over.</summary>
    /// <param name="data">The joined data of the sub-blocks.</param>
    /// <param name="rootBits">Bits of an index, 1 to 8.</param>
    /// <param name="width">Indices of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rows">Receives palette indices.</param>
    /// <param name="problem">What is wrong when the result is false.</param>
    public static bool TryDecode<TRows>(ReadOnlySpan<byte> data, int rootBits, int width, int height, TRows rows, out string problem)
        where TRows : IRows
    {
        Span<ushort> prefix = stackalloc ushort[MaxCodes], length = stackalloc ushort[MaxCodes];
        Span<byte> first = stackalloc byte[MaxCodes], last = stackalloc byte[MaxCodes];
        int clear = 1 << rootBits, end = clear + 1;
        for (int i = 0; i < clear; i++) (first[i], last[i], length[i]) = ((byte)i, (byte)i, 1);

        int next = end + 1, bits = rootBits + 1, previous = -1, at = 0, written = 0, held = 0, done = 0;
        long left = (long)width * height;
        int room = (int)Math.Min(Math.Max(width, Assembled), left);
        byte[] indices = new byte[room + MaxCodes];
        uint buffer = 0;
        while (true)
        {
            while (held < bits && at < data.Length)
            {
                buffer |= (uint)data[at++] << held;
                held += 8;
            }
            if (held < bits) return Fail("the picture data end early", out problem);
            int code = (int)(buffer & ((1u << bits) - 1));
            buffer >>= bits;
            held -= bits;

            if (code == clear)
            {
                (next, bits, previous) = (end + 1, rootBits + 1, -1);
                continue;
            }
            if (code == end) return Fail("the end code stands before the last pixel", out problem);
            if (code > next || (code == next && (previous < 0 || next == MaxCodes)) || (previous < 0 && code > end))
                return Fail($"code {code} has no meaning yet", out problem);
            if (previous >= 0 && next < MaxCodes)
            {
                prefix[next] = (ushort)previous;
                // A code that is defined by its own first use repeats the first index of the previous string.
                last[next] = first[code == next ? previous : code];
                first[next] = first[previous];
                length[next] = (ushort)(length[previous] + 1);
                next++;
                if (next == 1 << bits && bits < MaxBits) bits++;
            }
            previous = code;
            written = Write(code, indices, written, prefix, last, length);
            if (written < Math.Min(room, left)) continue;
            done = EmitRows(indices, ref written, width, height, done, rows);
            left = (long)width * (height - done);
            if (left == 0) break;
        }
        problem = "";
        return true;
    }

    /// <summary>Hands over whole rows and moves the rest to the front.</summary>
    /// <returns>Rows handed over in all.</returns>
    private static int EmitRows<TRows>(byte[] indices, ref int written, int width, int height, int done, TRows rows) where TRows : IRows
    {
        int from = 0;
        for (; from + width <= written && done < height; from += width, done++) rows.Add(indices.AsSpan(from, width));
        indices.AsSpan(from, written - from).CopyTo(indices);
        written -= from;
        return done;
    }

    private static int Write(
        int code,
        Span<byte> indices,
        int at,
        ReadOnlySpan<ushort> prefix,
        ReadOnlySpan<byte> last,
        ReadOnlySpan<ushort> length
    )
    {
        int end = at + length[code];
        for (int i = end - 1; i >= at; i--)
        {
            indices[i] = last[code];
            code = prefix[code];
        }
        return end;
    }

    private static bool Fail(string reason, out string problem)
    {
        problem = reason;
        return false;
    }
}
