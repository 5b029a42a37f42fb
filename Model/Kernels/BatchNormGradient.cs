using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// The two passes back through y = f(scale · x + shift + residual): the sums that the derivative needs, then dX. Without a residual the
/// argument of f is recomputed from x, by the very arithmetic of the forward pass, so that y is neither kept nor read.
/// </summary>
internal static unsafe class BatchNormGradient
{
    /// <summary>Σ d and Σ d (x - mean) of each channel, d being dY · f'.</summary>
    /// <param name="x">[rows, channels], the normalised layer's input.</param>
    /// <param name="dy">The gradient of the output, as long as x.</param>
    /// <param name="y">f's output where there was a residual, else empty.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="d">If not empty, d is written here; may be dY.</param>
    /// <param name="sumD">[channels].</param>
    /// <param name="sumDX">[channels].</param>
    /// <param name="scratch">See <see cref="BatchNormalisation.ScratchFloats"/>.</param>
    /// <param name="team">Splits the rows.</param>
    public static void Sums<TActivation>(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> d,
        Span<float> sumD,
        Span<float> sumDX,
        Span<float> scratch,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        int channels = mean.Length, width = BatchNormalisation.Width(channels);
        fixed (float* px = x, pdy = dy, py = y, pd = d, m = mean, a = scale, b = shift, s = scratch)
        {
            float* sums = BatchNormalisation.AfterWidened(s, width);
            var terms = new Terms<TActivation>(
                px,
                pdy,
                py,
                pd,
                BatchNormalisation.Widen(m, channels, s),
                BatchNormalisation.Widen(a, channels, s + width),
                BatchNormalisation.Widen(b, channels, s + 2 * width),
                width
            );
            ChannelSums.Run(terms, x.Length / width, x.Length % width, width, sums, team);
            for (int c = 0; c < channels; c++)
            {
                (double sum, double products) = BatchNormalisation.Total(sums, c, channels, team.Threads);
                sumD[c] = (float)sum;
                sumDX[c] = (float)products;
            }
        }
    }

    /// <summary>dX = a · d + b · x + c channel by channel, d being dY · f' without a residual; dX may be dY.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="dy">The gradient of the output, as long as x.</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="coefficients">[3, channels]: a, b, c.</param>
    /// <param name="dx">The gradient of x, as long as x.</param>
    /// <param name="scratch">See <see cref="BatchNormalisation.ScratchFloats"/>.</param>
    /// <param name="team">Splits the rows.</param>
    public static void Input<TActivation>(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        ReadOnlySpan<float> coefficients,
        Span<float> dx,
        Span<float> scratch,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        int channels = scale.Length, width = BatchNormalisation.Width(channels);
        fixed (float* px = x, pdy = dy, a = scale, b = shift, k = coefficients, pdx = dx, s = scratch)
        {
            float* k0 = BatchNormalisation.Widen(k, channels, s),
                k1 = BatchNormalisation.Widen(k + channels, channels, s + width),
                k2 = BatchNormalisation.Widen(k + 2 * channels, channels, s + 2 * width);
            var job = new InputJob<TActivation>(
                px,
                pdy,
                BatchNormalisation.Widen(a, channels, s + 3 * width),
                BatchNormalisation.Widen(b, channels, s + 4 * width),
                k0,
                k1,
                k2,
                pdx,
                x.Length,
                width
            );
            team.Run(ref job, team.LaneCount);
        }
    }

    private readonly struct Terms<TActivation>(
        float* x,
        float* dy,
        float* y,
        float* masked,
        float* mean,
        float* scale,
        float* shift,
        int width
    ) : IChannelTerms
        where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nint Offset(int row) => (nint)row * width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(nint offset)
        {
            Cache.Prefetch(x + offset);
            Cache.Prefetch(dy + offset);
            if (y is not null) Cache.Prefetch(y + offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(int row, nint offset, int c, ref T first, ref T second) where T : struct, ILanes<T>
        {
            nint i = offset + c;
            T v = T.Load(x + i), d = T.Load(dy + i);
            if (typeof(TActivation) != typeof(Identity))
                d = default(TActivation).Apply(y is null ? T.FusedMultiplyAdd(v, T.Load(scale + c), T.Load(shift + c)) : T.Load(y + i), d);
            if (masked is not null) d.Store(masked + i);
            first += d;
            second = T.FusedMultiplyAdd(d, v - T.Load(mean + c), second);
        }
    }

    private readonly struct InputJob<TActivation>(
        float* x,
        float* dy,
        float* scale,
        float* shift,
        float* a,
        float* b,
        float* c,
        float* dx,
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
                Row<L>(x + at, dy + at, scale, shift, a, b, c, dx + at, (int)Math.Min(width, length - at));
            }
        }

        // Arguments rather than fields, so that they stay in registers.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<L>(float* x, float* dy, float* scale, float* shift, float* a, float* b, float* c, float* dx, int count)
            where L : struct, ILanes<L>
        {
            int i = 0;
            for (; i + L.Count <= count; i += L.Count) Value<L>(x, dy, scale, shift, a, b, c, i).Store(dx + i);
            for (; i < count; i++) Value<Lanes1>(x, dy, scale, shift, a, b, c, i).Store(dx + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T Value<T>(float* x, float* dy, float* scale, float* shift, float* a, float* b, float* c, int i)
            where T : struct, ILanes<T>
        {
            T v = T.Load(x + i), d = T.Load(dy + i);
            if (typeof(TActivation) != typeof(Identity))
                d = default(TActivation).Apply(T.FusedMultiplyAdd(v, T.Load(scale + i), T.Load(shift + i)), d);
            return T.FusedMultiplyAdd(T.Load(a + i), d, T.FusedMultiplyAdd(T.Load(b + i), v, T.Load(c + i)));
        }
    }
}
