using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging;

/// <summary>
/// Antialiased bilinear resize: a triangle filter whose support grows with the reduction, rows first, then columns, with 8-bit
/// samples between. Integer arithmetic throughout, the same bits as Pillow's <c>resize(size, BILINEAR, box)</c> on every machine.
/// </summary>
internal static class Resize
{
    // Bytes between the two directions.
    private const int MostBetween = 1 << 22;

    private const uint Half = 1u << (TriangleFilter.PrecisionBits - 1);

    /// <summary>Scales a window of a picture.</summary>
    /// <param name="source">[height, width, channels].</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="channels">1, 3 or 4 interleaved samples a pixel, each treated alone.</param>
    /// <param name="window">What of the source is shown; inside it and not empty.</param>
    /// <param name="destination">Receives [newHeight, newWidth, channels].</param>
    /// <param name="newWidth">Columns wanted.</param>
    /// <param name="newHeight">Rows wanted.</param>
    /// <param name="repeatsBorder">
    /// Whether the window may reach beyond the picture, whose border is then repeated: the same bits as of a picture that was enlarged so.
    /// </param>
    public static void Bilinear(
        ReadOnlySpan<byte> source,
        int width,
        int height,
        int channels,
        Box window,
        Span<byte> destination,
        int newWidth,
        int newHeight,
        bool repeatsBorder = false
    )
    {
        Check(source, width, height, channels, window, destination, newWidth, newHeight, repeatsBorder);
        bool horizontal = newWidth != width || window.Left != 0 || window.Right != width;
        bool vertical = newHeight != height || window.Top != 0 || window.Bottom != height;
        int rowBytes = newWidth * channels;
        if (!horizontal && !vertical)
        {
            source.CopyTo(destination);
            return;
        }
        if (!vertical)
        {
            using var filter = new TriangleFilter(width, window.Left, window.Right, newWidth, channels, repeatsBorder);
            Rows(source, width, channels, filter, destination, newWidth, 0, height);
            return;
        }
        using var columns = new TriangleFilter(height, window.Top, window.Bottom, newHeight, repeat: 1, repeatsBorder);
        if (!horizontal)
        {
            Columns(source, 0, columns, 0, newHeight, destination, rowBytes);
            return;
        }
        // Rows scaled along x, as many as fit; a picture like a needle takes several slabs of output rows.
        int most = Math.Max(MostBetween / rowBytes, columns.LongestCount);
        using var horizontally = new TriangleFilter(width, window.Left, window.Right, newWidth, channels, repeatsBorder);
        byte[] between = ArrayPool<byte>.Shared.Rent(checked(Math.Min(most, columns.End - columns.First) * rowBytes));
        for (int y = 0, end; y < newHeight; y = end)
        {
            int first = columns.Start(y);
            for (end = y + 1; end < newHeight && columns.Start(end) + columns.Count(end) - first <= most;) end++;
            int rows = columns.Start(end - 1) + columns.Count(end - 1) - first;
            Rows(source, width, channels, horizontally, between.AsSpan(0, rows * rowBytes), newWidth, first, rows);
            Columns(between.AsSpan(0, rows * rowBytes), first, columns, y, end, destination, rowBytes);
        }
        ArrayPool<byte>.Shared.Return(between);
    }

    private static void Check(
        ReadOnlySpan<byte> source,
        int width,
        int height,
        int channels,
        Box window,
        Span<byte> destination,
        int newWidth,
        int newHeight,
        bool repeatsBorder
    )
    {
        if (channels is not (1 or 3 or 4)) throw new ArgumentException($"1, 3 or 4 channels, got {channels}.", nameof(channels));
        ArgumentOutOfRangeException.ThrowIfLessThan(newWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(newHeight, 1);
        if (source.Length != (long)width * height * channels)
            throw new ArgumentException(
                $"{width} x {height} x {channels} wants {(long)width * height * channels} samples, got {source.Length}.",
                nameof(source)
            );
        if (destination.Length != (long)newWidth * newHeight * channels)
            throw new ArgumentException(
                $"{newWidth} x {newHeight} x {channels} wants {(long)newWidth * newHeight * channels} samples, got "
                    + $"{destination.Length}.",
                nameof(destination)
            );
        // Written so that NaN fails too.
        if (
            !(
                window.Left < window.Right
                && window.Top < window.Bottom
                && (repeatsBorder || (window.Left >= 0 && window.Top >= 0 && window.Right <= width && window.Bottom <= height))
            )
        )
            throw new ArgumentException($"{window} is not inside {width} x {height}.", nameof(window));
    }

    /// <summary>Scales rows first .. first + count along x.</summary>
    private static void Rows(
        ReadOnlySpan<byte> source,
        int width,
        int channels,
        TriangleFilter filter,
        Span<byte> destination,
        int newWidth,
        int first,
        int count
    )
    {
        int done = 0;
        // Long filters have vectors of their own.
        if (channels == 1 && GreyRows.IsSupported && filter.LongestCount <= TriangleFilter.Lanes)
            for (; done + GreyRows.Count <= count; done += GreyRows.Count)
                GreyRows.Scale(
                    source.Slice((first + done) * width, GreyRows.Count * width), width, filter, destination[(done * newWidth)..]);
        for (int y = done; y < count; y++)
        {
            ReadOnlySpan<byte> row = source[((first + y) * width * channels)..];
            Span<byte> output = destination.Slice(y * newWidth * channels, newWidth * channels);
            for (int x = 0; x < newWidth; x++)
            {
                ReadOnlySpan<byte> samples = row[(filter.Start(x) * channels)..];
                int length = filter.Count(x) * channels;
                if (length < TriangleFilter.Lanes) FewTaps(samples[..length], filter.Weights(x), channels, output[(x * channels)..]);
                else ManyTaps(samples, length, filter.Weights(x), channels, output[(x * channels)..]);
            }
        }
    }

    private static void FewTaps(ReadOnlySpan<byte> samples, ReadOnlySpan<uint> weights, int channels, Span<byte> output)
    {
        if (channels == 3)
        {
            uint r = Half, g = Half, b = Half;
            for (int i = 0; i + 2 < samples.Length && i < weights.Length; i += 3)
            {
                uint w = weights[i];
                r += samples[i] * w;
                g += samples[i + 1] * w;
                b += samples[i + 2] * w;
            }
            output[0] = Sample(r);
            output[1] = Sample(g);
            output[2] = Sample(b);
            return;
        }
        for (int c = 0; c < channels; c++)
        {
            uint sum = Half;
            for (int i = c; i < samples.Length && i < weights.Length; i += channels) sum += samples[i] * weights[i];
            output[c] = Sample(sum);
        }
    }

    /// <summary>48 samples a step; lane i always meets channel i mod channels, so the lanes are told apart only at the end.</summary>
    /// <remarks>
    /// The samples reach from the first tap to the end of the picture: reading over the last tap is harmless, its weight is 0.
    /// </remarks>
    private static void ManyTaps(ReadOnlySpan<byte> samples, int length, ReadOnlySpan<uint> weights, int channels, Span<byte> output)
    {
        Vector256<uint> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        Span<byte> tail = stackalloc byte[TriangleFilter.Lanes];
        for (int i = 0; i < length; i += TriangleFilter.Lanes)
        {
            scoped ReadOnlySpan<byte> step;
            if (i + TriangleFilter.Lanes <= samples.Length) step = samples.Slice(i, TriangleFilter.Lanes);
            else
            {
                tail.Clear();
                samples[i..].CopyTo(tail);
                step = tail;
            }
            ref byte x = ref MemoryMarshal.GetReference(step);
            ref uint w = ref MemoryMarshal.GetReference(weights.Slice(i, TriangleFilter.Lanes));
            (Vector256<uint> low, Vector256<uint> high) = Widen(Vector128.LoadUnsafe(ref x));
            s0 += low * Vector256.LoadUnsafe(ref w);
            s1 += high * Vector256.LoadUnsafe(ref w, 8);
            (low, high) = Widen(Vector128.LoadUnsafe(ref x, 16));
            s2 += low * Vector256.LoadUnsafe(ref w, 16);
            s3 += high * Vector256.LoadUnsafe(ref w, 24);
            (low, high) = Widen(Vector128.LoadUnsafe(ref x, 32));
            s4 += low * Vector256.LoadUnsafe(ref w, 32);
            s5 += high * Vector256.LoadUnsafe(ref w, 40);
        }
        if (channels == 1)
        {
            output[0] = Sample(Half + Vector256.Sum(s0 + s1 + (s2 + s3) + (s4 + s5)));
            return;
        }
        // 24 is a multiple of 3 and 4 too: fold once before the lanes are stored.
        Span<uint> lanes = stackalloc uint[24];
        (s0 + s3).CopyTo(lanes);
        (s1 + s4).CopyTo(lanes[8..]);
        (s2 + s5).CopyTo(lanes[16..]);
        for (int c = 0; c < channels; c++)
        {
            uint sum = Half;
            for (int i = c; i < lanes.Length; i += channels) sum += lanes[i];
            output[c] = Sample(sum);
        }
    }

    /// <summary>Scales rows begin .. end along y. Row 0 of the source is row <paramref name="first"/> of the filter.</summary>
    private static void Columns(
        ReadOnlySpan<byte> source,
        int first,
        TriangleFilter filter,
        int begin,
        int end,
        Span<byte> destination,
        int rowBytes
    )
    {
        for (int y = begin; y < end; y++)
        {
            ReadOnlySpan<uint> weights = filter.Weights(y)[..filter.Count(y)];
            ReadOnlySpan<byte> rows = source.Slice((filter.Start(y) - first) * rowBytes, weights.Length * rowBytes);
            Span<byte> output = destination.Slice(y * rowBytes, rowBytes);
            int x = 0;
            for (; x + 16 <= rowBytes; x += 16)
            {
                Vector256<uint> a = Vector256.Create(Half), b = a;
                ref byte column = ref MemoryMarshal.GetReference(rows[x..]);
                for (int k = 0; k < weights.Length; k++)
                {
                    (Vector256<uint> low, Vector256<uint> high) = Widen(Vector128.LoadUnsafe(ref column, (nuint)(k * rowBytes)));
                    a += low * weights[k];
                    b += high * weights[k];
                }
                Vector256<ushort> narrow = Vector256.Narrow(a >>> TriangleFilter.PrecisionBits, b >>> TriangleFilter.PrecisionBits);
                Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).CopyTo(output[x..]);
            }
            for (; x < rowBytes; x++)
            {
                uint sum = Half;
                for (int k = 0; k < weights.Length; k++) sum += rows[k * rowBytes + x] * weights[k];
                output[x] = Sample(sum);
            }
        }
    }

    private static (Vector256<uint> Low, Vector256<uint> High) Widen(Vector128<byte> bytes)
    {
        Vector256<ushort> words = Vector256.WidenLower(bytes.ToVector256Unsafe());
        return Vector256.Widen(words);
    }

    // Weights are never negative and sum to 1 within a few units of the last place, so no clipping is needed.
    private static byte Sample(uint sum) => (byte)(sum >> TriangleFilter.PrecisionBits);
}
