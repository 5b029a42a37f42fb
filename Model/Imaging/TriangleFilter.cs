using System.Buffers;

namespace EmotionMLNet.Imaging;

/// <summary>
/// The weights of one direction of a resize: w(x) = max(0, 1 - |x|), stretched to the scale on reduction so that every source
/// pixel counts. Arithmetic and rounding follow Pillow's resampling, so that the results are the same bits.
/// </summary>
/// <remarks>
/// Output i is Σ_k weight[i, k] · source[Start(i) + k] in fixed point with <see cref="PrecisionBits"/> fractional bits. Weights lie
/// <see cref="Stride"/> apart, each repeated once a channel and padded with zeros to a multiple of <see cref="Lanes"/>.
/// </remarks>
internal readonly struct TriangleFilter : IDisposable
{
    /// <summary>32 bits less 8 of the sample and 2 of room.</summary>
    public const int PrecisionBits = 22;

    /// <summary>Samples in a step of the vector kernel: a multiple of 1, 3 and 4 channels and of 16 bytes.</summary>
    public const int Lanes = 48;

    private readonly int[] starts;
    private readonly int[] counts;
    private readonly uint[] weights;

    /// <param name="sourceSize">Pixels of the source in this direction.</param>
    /// <param name="from">Begin of the window.</param>
    /// <param name="to">End of the window.</param>
    /// <param name="size">Pixels wanted.</param>
    /// <param name="repeat">How often each weight stands: the channels when the samples of a pixel are neighbours, else 1.</param>
    /// <param name="repeatsBorder">
    /// Whether pixels outside the source are those of its border, whose weights are the sums then; otherwise they are left out.
    /// </param>
    public TriangleFilter(int sourceSize, float from, float to, int size, int repeat, bool repeatsBorder = false)
    {
        double scale = (double)(to - from) / size;
        double support = Math.Max(scale, 1);
        int taps = (int)Math.Ceiling(support) * 2 + 1;
        Stride = (int)Math.Min(Array.MaxLength, ((long)taps * repeat + Lanes - 1) / Lanes * Lanes);
        Size = size;
        starts = ArrayPool<int>.Shared.Rent(size);
        counts = ArrayPool<int>.Shared.Rent(size);
        weights = ArrayPool<uint>.Shared.Rent(checked(Stride * size));
        weights.AsSpan(0, Stride * size).Clear();
        double[] exact = ArrayPool<double>.Shared.Rent(taps);
        for (int i = 0; i < size; i++)
        {
            double centre = from + (i + 0.5) * scale;
            int start = (int)Math.Floor(centre - support + 0.5), end = (int)Math.Floor(centre + support + 0.5);
            if (!repeatsBorder) (start, end) = (Math.Max(0, start), Math.Min(sourceSize, end));
            int count = end - start;
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                exact[k] = Math.Max(0, 1 - Math.Abs((k + start - centre + 0.5) * (1 / support)));
                sum += exact[k];
            }
            Span<uint> row = weights.AsSpan(i * Stride, Stride);
            int first = Math.Clamp(start, 0, sourceSize - 1), last = Math.Clamp(end - 1, 0, sourceSize - 1);
            for (int k = 0; k < count; k++)
            {
                double w = sum != 0 ? exact[k] / sum : exact[k];
                int at = (Math.Clamp(start + k, first, last) - first) * repeat;
                row.Slice(at, repeat).Fill(row[at] + (uint)(0.5 + w * (1 << PrecisionBits)));
            }
            starts[i] = first;
            counts[i] = last - first + 1;
        }
        ArrayPool<double>.Shared.Return(exact);
    }

    /// <summary>Outputs.</summary>
    public int Size { get; }

    /// <summary>Distance of the weights of two outputs.</summary>
    public int Stride { get; }

    /// <summary>First source pixel that any output uses.</summary>
    public int First => starts[0];

    /// <summary>One past the last source pixel that any output uses.</summary>
    public int End => starts[Size - 1] + counts[Size - 1];

    /// <summary>Most source pixels that one output uses.</summary>
    public int LongestCount
    {
        get
        {
            int longest = 0;
            foreach (int count in counts.AsSpan(0, Size)) longest = Math.Max(longest, count);
            return longest;
        }
    }

    public int Start(int i) => starts[i];

    public int Count(int i) => counts[i];

    public ReadOnlySpan<uint> Weights(int i) => weights.AsSpan(i * Stride, Stride);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<int>.Shared.Return(counts);
        ArrayPool<uint>.Shared.Return(weights);
    }
}
