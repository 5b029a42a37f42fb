namespace EmotionMLNet.Kernels;

/// <summary>Windows that are reduced to one value a channel. Images are NHWC; threads split output rows forward and images backward.</summary>
internal readonly record struct PoolGeometry(int Height, int Width, int Channels, int Kernel, int Stride, int Padding)
{
    public int OutHeight => (Height + 2 * Padding - Kernel) / Stride + 1;

    public int OutWidth => (Width + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>Input rows (or columns) that output o sees: [Start, End), inside the picture.</summary>
    public (int Start, int End) Window(int o, int extent) => (Math.Max(0, o * Stride - Padding), Math.Min(extent, o * Stride - Padding + Kernel));
}

/// <summary>Kernels of max and average pooling.</summary>
internal static unsafe class Pooling
{
    /// <summary>y = the largest value of each window; place (if wanted) = its number in the window, row-major, the first of equals.</summary>
    /// <param name="place">As long as y, or empty outside training.</param>
    public static void Max(PoolGeometry g, int batch, ReadOnlySpan<float> x, Span<float> y, Span<float> place, ThreadTeam team)
    {
        fixed (float* px = x, py = y, pp = place)
        {
            var job = new MaxJob(g, batch, px, py, pp);
            team.Run(ref job, Lanes.Widest);
        }
    }

    /// <summary>dX: each dY goes to the place it came from.</summary>
    public static void MaxGradient(PoolGeometry g, int batch, ReadOnlySpan<float> dy, ReadOnlySpan<float> place, Span<float> dx, ThreadTeam team)
    {
        fixed (float* pdy = dy, pp = place, pdx = dx)
        {
            var job = new GradientJob(g, batch, pdy, pp, pdx);
            team.Run(ref job, Lanes.Widest);
        }
    }

    /// <summary>y = the mean of each window, padded cells counting as zeros.</summary>
    public static void Average(PoolGeometry g, int batch, ReadOnlySpan<float> x, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, py = y)
        {
            var job = new AverageJob(g, batch, px, py);
            team.Run(ref job, Lanes.Widest);
        }
    }

    /// <summary>dX: each dY spread evenly over its window.</summary>
    public static void AverageGradient(PoolGeometry g, int batch, ReadOnlySpan<float> dy, Span<float> dx, ThreadTeam team)
        => MaxGradient(g, batch, dy, default, dx, team);

    private readonly struct MaxJob(PoolGeometry g, int batch, float* x, float* y, float* place) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            for (int row = start; row < end; row++)
            {
                for (int ox = 0; ox < g.OutWidth; ox++)
                {
                    nint at = ((nint)row * g.OutWidth + ox) * g.Channels;
                    int c = 0;
                    for (; c + L.Count <= g.Channels; c += L.Count) Window<L>(row, ox, c, at + c);
                    for (; c < g.Channels; c++) Window<Lanes1>(row, ox, c, at + c);
                }
            }
        }

        private void Window<T>(int row, int ox, int c, nint at) where T : struct, ILanes<T>
        {
            (int n, int oy) = Math.DivRem(row, g.OutHeight);
            (int top, int bottom) = g.Window(oy, g.Height);
            (int left, int right) = g.Window(ox, g.Width);
            T best = T.Broadcast(float.NegativeInfinity), where = T.Broadcast(0);
            for (int iy = top; iy < bottom; iy++)
            {
                float* p = x + (((nint)n * g.Height + iy) * g.Width + left) * g.Channels + c;
                int number = (iy - oy * g.Stride + g.Padding) * g.Kernel + left - ox * g.Stride + g.Padding;
                for (int ix = left; ix < right; ix++, p += g.Channels, number++)
                {
                    T v = T.Load(p);
                    where = T.Select(v, best, T.Broadcast(number), where);
                    best = T.Select(v, best, v, best);
                }
            }
            best.Store(y + at);
            if (place is not null) where.Store(place + at);
        }
    }

    private readonly struct AverageJob(PoolGeometry g, int batch, float* x, float* y) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            for (int row = start; row < end; row++)
            {
                for (int ox = 0; ox < g.OutWidth; ox++)
                {
                    float* to = y + ((nint)row * g.OutWidth + ox) * g.Channels;
                    int c = 0;
                    for (; c + L.Count <= g.Channels; c += L.Count) Window<L>(row, ox, c).Store(to + c);
                    for (; c < g.Channels; c++) Window<Lanes1>(row, ox, c).Store(to + c);
                }
            }
        }

        private T Window<T>(int row, int ox, int c) where T : struct, ILanes<T>
        {
            (int n, int oy) = Math.DivRem(row, g.OutHeight);
            (int top, int bottom) = g.Window(oy, g.Height);
            (int left, int right) = g.Window(ox, g.Width);
            T sum = T.Broadcast(0);
            for (int iy = top; iy < bottom; iy++)
            {
                float* p = x + (((nint)n * g.Height + iy) * g.Width + left) * g.Channels + c;
                for (int ix = left; ix < right; ix++, p += g.Channels) sum += T.Load(p);
            }
            return sum * T.Broadcast(1f / (g.Kernel * g.Kernel));
        }
    }

    /// <summary>Of max pooling where places are given, else of average pooling. Windows may overlap, so outputs are added to a cleared dX.</summary>
    private readonly struct GradientJob(PoolGeometry g, int batch, float* dy, float* place, float* dx) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch, part, parts);
            for (int n = start; n < end; n++)
            {
                float* image = dx + (nint)n * g.Height * g.Width * g.Channels;
                new Span<float>(image, g.Height * g.Width * g.Channels).Clear();
                for (int oy = 0; oy < g.OutHeight; oy++)
                {
                    for (int ox = 0; ox < g.OutWidth; ox++)
                    {
                        nint at = (((nint)n * g.OutHeight + oy) * g.OutWidth + ox) * g.Channels;
                        int c = 0;
                        for (; c + L.Count <= g.Channels; c += L.Count) Spread<L>(image, oy, ox, c, at + c);
                        for (; c < g.Channels; c++) Spread<Lanes1>(image, oy, ox, c, at + c);
                    }
                }
            }
        }

        private void Spread<T>(float* image, int oy, int ox, int c, nint at) where T : struct, ILanes<T>
        {
            (int top, int bottom) = g.Window(oy, g.Height);
            (int left, int right) = g.Window(ox, g.Width);
            T d = T.Load(dy + at), zero = T.Broadcast(0), half = T.Broadcast(0.5f), where = place is null ? zero : T.Load(place + at);
            if (place is null) d *= T.Broadcast(1f / (g.Kernel * g.Kernel));
            for (int iy = top; iy < bottom; iy++)
            {
                float* p = image + ((nint)iy * g.Width + left) * g.Channels + c;
                int number = (iy - oy * g.Stride + g.Padding) * g.Kernel + left - ox * g.Stride + g.Padding;
                for (int ix = left; ix < right; ix++, p += g.Channels, number++)
                {
                    T share = d;
                    if (place is not null)
                    {
                        T distance = T.Max(where - T.Broadcast(number), T.Broadcast(number) - where);
                        share = T.Select(half, distance, d, zero);
                    }
                    (T.Load(p) + share).Store(p);
                }
            }
        }
    }
}
