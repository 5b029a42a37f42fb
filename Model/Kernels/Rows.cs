using System.Numerics;

namespace EmotionMLNet.Kernels;

/// <summary>Short runs of channels, on the calling thread.</summary>
internal static class Rows
{
    /// <summary>sum += x.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> x)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count) (new Vector<float>(sum[i..]) + new Vector<float>(x[i..])).CopyTo(sum[i..]);
        for (; i < x.Length; i++) sum[i] += x[i];
    }

    /// <summary>y = factor · x; y may be x.</summary>
    public static void Scale(ReadOnlySpan<float> x, float factor, Span<float> y)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count) (factor * new Vector<float>(x[i..])).CopyTo(y[i..]);
        for (; i < x.Length; i++) y[i] = factor * x[i];
    }

    /// <summary>to[c, r] = from[r, c].</summary>
    public static void Transpose(ReadOnlySpan<float> from, int rows, int columns, Span<float> to)
    {
        const int block = 16; // a cache line each way
        for (int r0 = 0; r0 < rows; r0 += block)
        {
            for (int c0 = 0; c0 < columns; c0 += block)
            {
                for (int r = r0; r < Math.Min(rows, r0 + block); r++)
                    for (int c = c0; c < Math.Min(columns, c0 + block); c++) to[c * rows + r] = from[r * columns + c];
            }
        }
    }
}
