using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Imaging;

/// <summary>
/// The resize along rows for one channel, sixteen rows at a time: turned by 90 degrees, so that a vector holds the same column of all of
/// them, and a tap is one multiplication. The same sums in the same order as one row alone.
/// </summary>
internal static class GreyRows
{
    /// <summary>Rows at a time.</summary>
    public const int Count = 16;

    private const uint Half = 1u << (TriangleFilter.PrecisionBits - 1);

    /// <summary>Whether this machine turns blocks of bytes in vectors.</summary>
    public static bool IsSupported => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>Scales <see cref="Count"/> rows.</summary>
    /// <param name="source">[Count, width].</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="filter">Of one channel.</param>
    /// <param name="destination">Receives [Count, filter.Size].</param>
    public static void Scale(ReadOnlySpan<byte> source, int width, TriangleFilter filter, Span<byte> destination)
    {
        int first = filter.First, columns = RoundUp(filter.End - first), outputs = RoundUp(filter.Size);
        byte[] rented = ArrayPool<byte>.Shared.Rent((columns + outputs) * Count);
        Span<byte> turned = rented.AsSpan(0, columns * Count), scaled = rented.AsSpan(columns * Count, outputs * Count);
        for (int x = 0; x < columns; x += Count) Turn(source[(first + x)..], width, width - first - x, turned[(x * Count)..], Count);
        for (int x = 0; x < filter.Size; x++)
        {
            ReadOnlySpan<uint> weights = filter.Weights(x)[..filter.Count(x)];
            ref byte column = ref MemoryMarshal.GetReference(turned.Slice((filter.Start(x) - first) * Count, weights.Length * Count));
            Vector256<uint> low = Vector256.Create(Half), high = low;
            for (int k = 0; k < weights.Length; k++)
            {
                Vector256<ushort> words = Vector256.WidenLower(Vector128.LoadUnsafe(ref column, (nuint)(k * Count)).ToVector256Unsafe());
                (Vector256<uint> a, Vector256<uint> b) = Vector256.Widen(words);
                low += a * weights[k];
                high += b * weights[k];
            }
            Vector256<ushort> narrow = Vector256.Narrow(low >>> TriangleFilter.PrecisionBits, high >>> TriangleFilter.PrecisionBits);
            Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).CopyTo(scaled[(x * Count)..]);
        }
        for (int x = 0; x < filter.Size; x += Count)
            Turn(scaled[(x * Count)..], Count, Count, destination[x..], filter.Size, filter.Size - x);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Turns a block of 16 x 16 bytes: column i becomes row i.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="length">Bytes of a row that are there; the rest is taken as 0.</param>
    /// <param name="target">The first row of the result.</param>
    /// <param name="targetStride">From one row to the next.</param>
    /// <param name="targetLength">Bytes of a row of the result that are wanted.</param>
    private static void Turn(
        ReadOnlySpan<byte> source, int stride, int length, Span<byte> target, int targetStride, int targetLength = Count)
    {
        Span<Vector128<byte>> a = stackalloc Vector128<byte>[Count], b = stackalloc Vector128<byte>[Count];
        Span<byte> part = stackalloc byte[Count];
        for (int y = 0; y < Count; y++)
        {
            if (length >= Count) a[y] = Vector128.Create(source.Slice(y * stride, Count));
            else if (length > 0)
            {
                part.Clear();
                source.Slice(y * stride, length).CopyTo(part);
                a[y] = Vector128.Create<byte>(part);
            }
            else a[y] = default;
        }
        // Four perfect shuffles of 16 rows are a transposition.
        for (int round = 0; round < 2; round++)
        {
            Shuffle(a, b);
            Shuffle(b, a);
        }
        for (int y = 0; y < Count; y++)
        {
            if (targetLength >= Count)
            {
                a[y].CopyTo(target[(y * targetStride)..]);
                continue;
            }
            a[y].CopyTo(part);
            part[..targetLength].CopyTo(target[(y * targetStride)..]);
        }
    }

    private static void Shuffle(ReadOnlySpan<Vector128<byte>> from, Span<Vector128<byte>> to)
    {
        for (int i = 0; i < Count / 2; i++)
        {
            Vector128<byte> x = from[i], y = from[i + Count / 2];
            to[2 * i] = Sse2.IsSupported ? Sse2.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);
            to[2 * i + 1] = Sse2.IsSupported ? Sse2.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);
        }
    }

    private static int RoundUp(int value) => (value + Count - 1) / Count * Count;
}
