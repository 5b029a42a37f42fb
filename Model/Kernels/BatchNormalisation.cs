using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// The passes of batch normalisation over a [rows, channels] matrix (rows = N·H·W), with a following ReLU fused in where wanted. They are
/// bound by memory, so each pass reads its inputs once.
/// </summary>
internal static unsafe class BatchNormalisation
{
    /// <summary>Rows summed in float before they are added to the double totals: bounds the rounding of long sums.</summary>
    private const int BlockRows = 128;

    /// <summary>Floats of scratch for the statistics passes: two double totals a channel and thread.</summary>
    public static long ScratchFloats(int channels, int threads) => 4L * channels * threads + 16;

    /// <summary>Mean and biased variance of each channel, by sums about a guess of the mean so that a large mean cannot cancel them.</summary>
    public static void Statistics(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance, Span<float> scratch, ThreadTeam team)
    {
        int channels = mean.Length, rows = x.Length / channels;
        GuessMean(x, mean);
        fixed (float* px = x, m = mean, s = scratch)
        {
            var job = new SumsJob<Moments>(new Moments(px, m), rows, channels, (double*)s);
            team.Run(ref job, team.LaneCount);
            for (int c = 0; c < channels; c++)
            {
                (double sum, double squares) = Total((double*)s, c, channels, team.Threads);
                mean[c] = (float)(mean[c] + sum / rows);
                variance[c] = (float)Math.Max(0, (squares - sum * sum / rows) / rows);
            }
        }
    }

    /// <summary>y = scale · x + shift, then ReLU if wanted; y may be x.</summary>
    public static void Normalise(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, bool relu, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, a = scale, b = shift, py = y)
        {
            var job = new NormaliseJob(px, a, b, py, x.Length / scale.Length, scale.Length, relu);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>Σ dY and Σ dY (x - mean) of each channel; with ReLU, over the values where scale · x + shift was positive.</summary>
    public static void GradientSums(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, bool relu,
        Span<float> sumDy, Span<float> sumDyX, Span<float> scratch, ThreadTeam team)
    {
        int channels = mean.Length;
        fixed (float* px = x, pdy = dy, m = mean, a = scale, b = shift, s = scratch)
        {
            var job = new SumsJob<GradientTerms>(new GradientTerms(px, pdy, m, a, b, relu), x.Length / channels, channels, (double*)s);
            team.Run(ref job, team.LaneCount);
            for (int c = 0; c < channels; c++)
            {
                (double sum, double products) = Total((double*)s, c, channels, team.Threads);
                sumDy[c] = (float)sum;
                sumDyX[c] = (float)products;
            }
        }
    }

    /// <summary>dX = a · dY + b · x + c channel by channel, dY being 0 where ReLU was; dX may be dY.</summary>
    /// <param name="coefficients">[3, channels]: a, b, c.</param>
    public static void InputGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, bool relu,
        ReadOnlySpan<float> coefficients, Span<float> dx, ThreadTeam team)
    {
        fixed (float* px = x, pdy = dy, a = scale, b = shift, k = coefficients, pdx = dx)
        {
            var job = new InputGradientJob(px, pdy, a, b, relu, k, pdx, x.Length / scale.Length, scale.Length);
            team.Run(ref job, team.LaneCount);
        }
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

    private static (double First, double Second) Total(double* totals, int c, int channels, int threads)
    {
        double first = 0, second = 0;
        for (int t = 0; t < threads; t++)
        {
            first += totals[2 * t * channels + c];
            second += totals[(2 * t + 1) * channels + c];
        }
        return (first, second);
    }

    /// <summary>What a row adds to the two sums of each channel.</summary>
    private interface ITerms
    {
        /// <param name="at">Index of the row's value for channel <paramref name="c"/>.</param>
        void Add<T>(nint at, int c, ref T first, ref T second) where T : struct, ILanes<T>;
    }

    private readonly struct SumsJob<TTerms>(TTerms terms, int rows, int channels, double* scratch) : ILaneJob where TTerms : struct, ITerms
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            double* totals = scratch + 2 * part * channels;
            new Span<double>(totals, 2 * channels).Clear();
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            for (int first = start; first < end; first += BlockRows)
            {
                int last = Math.Min(end, first + BlockRows), c = 0;
                for (; c + 2 * L.Count <= channels; c += 2 * L.Count) TwoVectors<L>(first, last, c, totals);
                for (; c + L.Count <= channels; c += L.Count) OneVector<L>(first, last, c, totals);
                for (; c < channels; c++) OneVector<Lanes1>(first, last, c, totals);
            }
        }

        // Two vectors side by side: four independent chains of additions hide their latency.
        private void TwoVectors<T>(int first, int last, int c, double* totals) where T : struct, ILanes<T>
        {
            T a0 = T.Broadcast(0), a1 = a0, b0 = a0, b1 = a0;
            nint at = (nint)first * channels + c;
            for (int r = first; r < last; r++, at += channels)
            {
                terms.Add(at, c, ref a0, ref b0);
                terms.Add(at + T.Count, c + T.Count, ref a1, ref b1);
            }
            AddTo(totals + c, a0);
            AddTo(totals + c + T.Count, a1);
            AddTo(totals + channels + c, b0);
            AddTo(totals + channels + c + T.Count, b1);
        }

        private void OneVector<T>(int first, int last, int c, double* totals) where T : struct, ILanes<T>
        {
            T a = T.Broadcast(0), b = a;
            nint at = (nint)first * channels + c;
            for (int r = first; r < last; r++, at += channels) terms.Add(at, c, ref a, ref b);
            AddTo(totals + c, a);
            AddTo(totals + channels + c, b);
        }

        private static void AddTo<T>(double* totals, T sums) where T : struct, ILanes<T>
        {
            float* lanes = stackalloc float[T.Count];
            sums.Store(lanes);
            for (int i = 0; i < T.Count; i++) totals[i] += lanes[i];
        }
    }

    /// <summary>Σ d and Σ d² with d = x - guess.</summary>
    private readonly struct Moments(float* x, float* guess) : ITerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(nint at, int c, ref T first, ref T second) where T : struct, ILanes<T>
        {
            T d = T.Load(x + at) - T.Load(guess + c);
            first += d;
            second = T.FusedMultiplyAdd(d, d, second);
        }
    }

    /// <summary>Σ dY and Σ dY (x - mean), dY being 0 where ReLU was.</summary>
    private readonly struct GradientTerms(float* x, float* dy, float* mean, float* scale, float* shift, bool relu) : ITerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(nint at, int c, ref T first, ref T second) where T : struct, ILanes<T>
        {
            T v = T.Load(x + at), d = T.Load(dy + at), zero = T.Broadcast(0);
            if (relu) d = T.Select(T.FusedMultiplyAdd(v, T.Load(scale + c), T.Load(shift + c)), zero, d, zero);
            first += d;
            second = T.FusedMultiplyAdd(d, v - T.Load(mean + c), second);
        }
    }

    private readonly struct NormaliseJob(float* x, float* scale, float* shift, float* y, int rows, int channels, bool relu) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            float* from = x + (nint)start * channels, to = y + (nint)start * channels;
            for (int r = start; r < end; r++, from += channels, to += channels)
            {
                int c = 0;
                for (; c + L.Count <= channels; c += L.Count) Apply<L>(from + c, c).Store(to + c);
                for (; c < channels; c++) Apply<Lanes1>(from + c, c).Store(to + c);
            }
        }

        private T Apply<T>(float* from, int c) where T : struct, ILanes<T>
        {
            T value = T.FusedMultiplyAdd(T.Load(from), T.Load(scale + c), T.Load(shift + c));
            return relu ? T.Max(value, T.Broadcast(0)) : value;
        }
    }

    private readonly struct InputGradientJob(float* x, float* dy, float* scale, float* shift, bool relu, float* k, float* dx, int rows, int channels) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            nint at = (nint)start * channels;
            for (int r = start; r < end; r++, at += channels)
            {
                int c = 0;
                for (; c + L.Count <= channels; c += L.Count) Apply<L>(at + c, c).Store(dx + at + c);
                for (; c < channels; c++) Apply<Lanes1>(at + c, c).Store(dx + at + c);
            }
        }

        private T Apply<T>(nint i, int c) where T : struct, ILanes<T>
        {
            T v = T.Load(x + i), d = T.Load(dy + i);
            if (relu) d = T.Select(T.FusedMultiplyAdd(v, T.Load(scale + c), T.Load(shift + c)), T.Broadcast(0), d, T.Broadcast(0));
            return T.FusedMultiplyAdd(T.Load(k + c), d, T.FusedMultiplyAdd(T.Load(k + channels + c), v, T.Load(k + 2 * channels + c)));
        }
    }
}
