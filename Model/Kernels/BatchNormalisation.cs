using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// The passes of batch normalisation over a [rows, channels] matrix (rows = N·H·W), with what follows fused in: the sum with a second
/// tensor and an activation. They are bound by memory, so each pass reads its inputs once.
/// </summary>
/// <remarks>
/// Where channels do not fill vectors, several rows are taken as one of <see cref="Width"/> channels, at all widths alike.
/// </remarks>
internal static unsafe class BatchNormalisation
{
    /// <summary>Floats of scratch of any pass.</summary>
    public static long ScratchFloats(int channels, int threads) =>
        Math.Max(ChannelSums.ScratchFloats(Width(channels), threads), ChannelSums.ScratchFloats(channels, threads))
        + 5L * Width(channels)
        + 16;

    /// <summary>
    /// Mean and biased variance of each channel, by sums about a guess of the mean so that a large mean cannot cancel them.
    /// </summary>
    public static void Statistics(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance, Span<float> scratch, ThreadTeam team)
    {
        int channels = mean.Length, width = Width(channels);
        double rows = x.Length / channels;
        GuessMean(x, mean);
        fixed (float* px = x, m = mean, s = scratch)
        {
            float* sums = AfterWidened(s, width);
            ChannelSums.Run(new Moments(px, Widen(m, channels, s), width), x.Length / width, x.Length % width, width, sums, team);
            for (int c = 0; c < channels; c++)
            {
                (double sum, double squares) = Total(sums, c, channels, team.Threads);
                mean[c] = (float)(mean[c] + sum / rows);
                variance[c] = (float)Math.Max(0, (squares - sum * sum / rows) / rows);
            }
        }
    }

    /// <summary>y = f(scale · x + shift + residual); y may be x.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="residual">The tensor that is added, as long as x, or empty.</param>
    /// <param name="y">The output, as long as x.</param>
    /// <param name="scratch">See <see cref="ScratchFloats"/>.</param>
    /// <param name="team">Splits the rows.</param>
    public static void Normalise<TActivation>(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        ReadOnlySpan<float> residual,
        Span<float> y,
        Span<float> scratch,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        int width = Width(scale.Length);
        fixed (float* px = x, a = scale, b = shift, r = residual, py = y, s = scratch)
        {
            var job = new NormaliseJob<TActivation>(
                px,
                Widen(a, scale.Length, s),
                Widen(b, scale.Length, s + width),
                r,
                py,
                x.Length,
                width
            );
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>Channels of a matrix of the same values whose rows fill vectors of 16, and so of any width.</summary>
    internal static int Width(int channels) => channels << (4 - Math.Min(4, BitOperations.TrailingZeroCount(channels)));

    /// <summary>Repeats a value a channel over <see cref="Width"/>; the values themselves where nothing has to be repeated.</summary>
    internal static float* Widen(float* values, int channels, float* to)
    {
        int width = Width(channels);
        if (width == channels) return values;
        for (int i = 0; i < width; i++) to[i] = values[i % channels];
        return to;
    }

    /// <summary>The scratch behind five widened rows.</summary>
    internal static float* AfterWidened(float* scratch, int width) => scratch + (5 * width + 15) / 16 * 16;

    /// <summary>Both sums of a channel over its repetitions and all threads.</summary>
    internal static (double First, double Second) Total(float* sums, int c, int channels, int threads)
    {
        int width = Width(channels);
        double first = 0, second = 0;
        for (int i = c; i < width; i += channels)
        {
            (double a, double b) = ChannelSums.Total(sums, i, width, threads);
            first += a;
            second += b;
        }
        return (first, second);
    }

    // The mean of a few rows from all over: one of them alone might lie far out.
    private static void GuessMean(ReadOnlySpan<float> x, Span<float> mean)
    {
        const int samples = 16;
        int rows = x.Length / mean.Length;
        mean.Clear();
        for (int i = 0; i < samples; i++)
        {
            ReadOnlySpan<float> row = x.Slice((int)((long)rows * i / samples) * mean.Length, mean.Length);
            for (int c = 0; c < row.Length; c++) mean[c] += row[c] * (1f / samples);
        }
    }

    /// <summary>Σ d and Σ d² with d = x - guess.</summary>
    private readonly struct Moments(float* x, float* guess, int width) : IChannelTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nint Offset(int row) => (nint)row * width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(nint offset)
        {
            Cache.Prefetch(x + offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(int row, nint offset, int c, ref T first, ref T second) where T : struct, ILanes<T>
        {
            T d = T.Load(x + offset + c) - T.Load(guess + c);
            first += d;
            second = T.FusedMultiplyAdd(d, d, second);
        }
    }

    private readonly struct NormaliseJob<TActivation>(
        float* x,
        float* scale,
        float* shift,
        float* residual,
        float* y,
        int length,
        int width
    ) : ILaneJob
        where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range((length + width - 1) / width, part, parts);
            for (int r = start; r < end; r++)
            {
                nint at = (nint)r * width;
                int count = (int)Math.Min(width, length - at);
                if (residual is null) Row<L>(x + at, scale, shift, y + at, count);
                else Row<L>(x + at, scale, shift, residual + at, y + at, count);
            }
        }

        // Arguments rather than fields, so that they stay in registers.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<L>(float* x, float* scale, float* shift, float* y, int count) where L : struct, ILanes<L>
        {
            int c = 0;
            for (; c + L.Count <= count; c += L.Count) Apply(Normalised<L>(x, scale, shift, c)).Store(y + c);
            for (; c < count; c++) Apply(Normalised<Lanes1>(x, scale, shift, c)).Store(y + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<L>(float* x, float* scale, float* shift, float* residual, float* y, int count) where L : struct, ILanes<L>
        {
            int c = 0;
            for (; c + L.Count <= count; c += L.Count) Apply(Normalised<L>(x, scale, shift, c) + L.Load(residual + c)).Store(y + c);
            for (; c < count; c++) Apply(Normalised<Lanes1>(x, scale, shift, c) + Lanes1.Load(residual + c)).Store(y + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T Normalised<T>(float* x, float* scale, float* shift, int c) where T : struct, ILanes<T>
            => T.FusedMultiplyAdd(T.Load(x + c), T.Load(scale + c), T.Load(shift + c));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T Apply<T>(T value) where T : struct, ILanes<T> => default(TActivation).Apply(value);
    }
}
