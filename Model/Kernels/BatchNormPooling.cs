using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// Batch norm, an activation and max pooling over 2x2 windows that tile the picture, in one pass forward and two back. Only the pooled
/// output is written; the backward passes find each window's largest value again from x, so neither the normalised picture nor the
/// places of its maxima are ever stored.
/// </summary>
/// <remarks>
/// An activation that never falls commutes with the maximum, so it is applied to the pooled value alone. Of equals the first wins. The
/// statistics spread a NaN over its whole channel, so that no maximum can hide it.
/// </remarks>
internal static unsafe class BatchNormPooling
{
    /// <summary>y = f(the largest scale · x + shift of each window).</summary>
    public static void Forward<TActivation>(
        PoolGeometry g,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> y,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        fixed (float* px = x, a = scale, b = shift, py = y)
        {
            var job = new ForwardJob<TActivation>(new Windows(g, px, a, b), batch, py);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>Σ d and Σ d (x - mean) of each channel, d being the derivative at each window's largest cell.</summary>
    public static void Sums<TActivation>(
        PoolGeometry g,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        Span<float> sumD,
        Span<float> sumDX,
        Span<float> scratch,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        fixed (float* px = x, pdy = dy, m = mean, a = scale, b = shift, s = scratch)
        {
            var terms = new Terms<TActivation>(new Windows(g, px, a, b), pdy, m);
            ChannelSums.Run(terms, batch * g.OutHeight * g.OutWidth, 0, g.Channels, s, team);
            for (int c = 0; c < g.Channels; c++)
            {
                (double sum, double products) = ChannelSums.Total(s, c, g.Channels, team.Threads);
                sumD[c] = (float)sum;
                sumDX[c] = (float)products;
            }
        }
    }

    /// <summary>dX = a · d + b · x + c channel by channel, d being 0 but at each window's largest cell.</summary>
    /// <param name="g">The windows.</param>
    /// <param name="batch">Images.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="dy">Gradient of the pooled output.</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="coefficients">[3, channels]: a, b, c.</param>
    /// <param name="dx">The gradient of x, as long as x; every value is written.</param>
    /// <param name="team">Splits the rows of windows.</param>
    public static void Input<TActivation>(
        PoolGeometry g,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift,
        ReadOnlySpan<float> coefficients,
        Span<float> dx,
        ThreadTeam team
    )
        where TActivation : struct, IActivation
    {
        fixed (float* px = x, pdy = dy, a = scale, b = shift, k = coefficients, pdx = dx)
        {
            var job = new InputJob<TActivation>(g, new Windows(g, px, a, b), batch, pdy, k, pdx);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>Where windows lie, and their normalised cells.</summary>
    private readonly struct Windows(PoolGeometry g, float* x, float* scale, float* shift)
    {
        // Not properties of the geometry: those divide.
        public readonly int Rows = g.OutHeight, Columns = g.OutWidth, Channels = g.Channels;
        public readonly nint Below = (nint)g.Width * g.Channels;
        private readonly int height = g.Height;
        private readonly float* x = x, scale = scale, shift = shift;

        /// <summary>Index in x of a window's first cell; windows are counted over all images.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nint Offset(int window)
        {
            int row = (int)((uint)window / (uint)Columns), n = (int)((uint)row / (uint)Rows);
            return ((nint)n * height + 2 * (row - n * Rows)) * Below + 2 * (nint)(window - row * Columns) * Channels;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Value<T>(nint i) where T : struct, ILanes<T> => T.Load(x + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Normalised<T>(T value, int c)
            where T : struct, ILanes<T> => T.FusedMultiplyAdd(value, T.Load(scale + c), T.Load(shift + c));
    }

    private readonly struct ForwardJob<TActivation>(Windows windows, int batch, float* y) : ILaneJob where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            Windows w = windows;
            (int start, int end) = ThreadTeam.Range(batch * w.Rows, part, parts);
            for (int row = start; row < end; row++)
            {
                nint offset = w.Offset(row * w.Columns);
                float* to = y + (nint)row * w.Columns * w.Channels;
                for (int column = 0; column < w.Columns; column++, offset += 2 * w.Channels, to += w.Channels)
                {
                    int c = 0;
                    for (; c + L.Count <= w.Channels; c += L.Count) Largest<L>(w, offset + c, c).Store(to + c);
                    for (; c < w.Channels; c++) Largest<Lanes1>(w, offset + c, c).Store(to + c);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T Largest<T>(in Windows w, nint i, int c) where T : struct, ILanes<T>
        {
            T z0 = w.Normalised(w.Value<T>(i), c), z1 = w.Normalised(w.Value<T>(i + w.Channels), c);
            T z2 = w.Normalised(w.Value<T>(i + w.Below), c), z3 = w.Normalised(w.Value<T>(i + w.Below + w.Channels), c);
            return default(TActivation).Apply(T.MaxNative(T.MaxNative(z0, z1), T.MaxNative(z2, z3)));
        }
    }

    private readonly struct Terms<TActivation>(Windows windows, float* dy, float* mean) : IChannelTerms
        where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nint Offset(int row) => windows.Offset(row);

        public void Prefetch(nint offset) { } // two rows of the picture are streams far enough apart

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(int row, nint offset, int c, ref T first, ref T second) where T : struct, ILanes<T>
        {
            nint i = offset + c;
            T v = windows.Value<T>(i),
                v1 = windows.Value<T>(i + windows.Channels),
                v2 = windows.Value<T>(i + windows.Below),
                v3 = windows.Value<T>(i + windows.Below + windows.Channels);
            T z = windows.Normalised(v, c);
            Take(windows.Normalised(v1, c), v1, ref z, ref v);
            Take(windows.Normalised(v2, c), v2, ref z, ref v);
            Take(windows.Normalised(v3, c), v3, ref z, ref v);
            T d = default(TActivation).Apply(z, T.Load(dy + (nint)row * windows.Channels + c));
            first += d;
            second = T.FusedMultiplyAdd(d, v - T.Load(mean + c), second);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Take<T>(T z, T value, ref T largest, ref T its) where T : struct, ILanes<T>
        {
            its = T.Select(z, largest, value, its);
            largest = T.MaxNative(z, largest);
        }
    }

    private readonly struct InputJob<TActivation>(PoolGeometry g, Windows windows, int batch, float* dy, float* k, float* dx) : ILaneJob
        where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            Windows w = windows;
            (int start, int end) = ThreadTeam.Range(batch * w.Rows, part, parts);
            for (int row = start; row < end; row++)
            {
                int first = row * w.Columns;
                nint offset = w.Offset(first);
                float* from = dy + (nint)first * w.Channels;
                for (int column = 0; column < w.Columns; column++, offset += 2 * w.Channels, from += w.Channels)
                {
                    int c = 0;
                    for (; c + L.Count <= w.Channels; c += L.Count) Window<L>(w, offset + c, from + c, k, c, dx);
                    for (; c < w.Channels; c++) Window<Lanes1>(w, offset + c, from + c, k, c, dx);
                }
                // What no window covers: the last column and the last row of an odd picture.
                if (g.Width % 2 != 0)
                {
                    Outside<L>(offset, 1);
                    Outside<L>(offset + w.Below, 1);
                }
                if (g.Height % 2 != 0 && row % w.Rows == w.Rows - 1) Outside<L>(w.Offset(first) + 2 * w.Below, g.Width);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Window<T>(in Windows w, nint i, float* dy, float* k, int c, float* dx) where T : struct, ILanes<T>
        {
            nint i1 = i + w.Channels, i2 = i + w.Below, i3 = i2 + w.Channels;
            T v0 = w.Value<T>(i), v1 = w.Value<T>(i1), v2 = w.Value<T>(i2), v3 = w.Value<T>(i3);
            T z0 = w.Normalised(v0, c), z1 = w.Normalised(v1, c), z2 = w.Normalised(v2, c), z3 = w.Normalised(v3, c);
            T top = T.MaxNative(z0, z1), bottom = T.MaxNative(z2, z3), zero = T.Broadcast(0);
            T d = default(TActivation).Apply(T.MaxNative(top, bottom), T.Load(dy)) * T.Load(k + c);
            T above = T.Select(bottom, top, zero, d), below = T.Select(bottom, top, d, zero);
            T b = T.Load(k + w.Channels + c), rest = T.Load(k + 2 * w.Channels + c);
            (T.FusedMultiplyAdd(b, v0, rest) + T.Select(z1, z0, zero, above)).Store(dx + i);
            (T.FusedMultiplyAdd(b, v1, rest) + T.Select(z1, z0, above, zero)).Store(dx + i1);
            (T.FusedMultiplyAdd(b, v2, rest) + T.Select(z3, z2, zero, below)).Store(dx + i2);
            (T.FusedMultiplyAdd(b, v3, rest) + T.Select(z3, z2, below, zero)).Store(dx + i3);
        }

        private void Outside<L>(nint i, int pixels) where L : struct, ILanes<L>
        {
            for (int p = 0; p < pixels; p++, i += g.Channels)
            {
                int c = 0;
                for (; c + L.Count <= g.Channels; c += L.Count) Cell<L>(i + c, c);
                for (; c < g.Channels; c++) Cell<Lanes1>(i + c, c);
            }
        }

        private void Cell<T>(nint i, int c) where T : struct, ILanes<T>
            => T.FusedMultiplyAdd(T.Load(k + g.Channels + c), windows.Value<T>(i), T.Load(k + 2 * g.Channels + c)).Store(dx + i);
    }
}
