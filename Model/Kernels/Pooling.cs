using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// Windows that are reduced to one value a channel; images are NHWC. Every window holds at least one cell of the picture.
/// </summary>
internal readonly record struct PoolGeometry(
    int Height,
    int Width,
    int Channels,
    (int Height, int Width) Kernel,
    (int Height, int Width) Stride,
    (int Top, int Left, int Bottom, int Right) Padding
)
{
    /// <summary>Square windows with the same padding on all sides.</summary>
    public PoolGeometry(int height, int width, int channels, int kernel, int stride, int padding)
        : this(height, width, channels, (kernel, kernel), (stride, stride), (padding, padding, padding, padding)) { }

    public int OutHeight => (Height + Padding.Top + Padding.Bottom - Kernel.Height) / Stride.Height + 1;

    public int OutWidth => (Width + Padding.Left + Padding.Right - Kernel.Width) / Stride.Width + 1;

    /// <summary>Windows of 2x2 that tile the picture: the pooling of most networks, with loops of its own.</summary>
    public bool IsHalving => Kernel == (2, 2) && Stride == (2, 2) && Padding == (0, 0, 0, 0);

    /// <summary>The cells of window (oy, ox) that lie inside the picture.</summary>
    public PoolWindow Window(int oy, int ox)
    {
        int y = oy * Stride.Height - Padding.Top, x = ox * Stride.Width - Padding.Left, top = Math.Max(0, y), left = Math.Max(0, x);
        return new PoolWindow(
            top,
            left,
            Math.Min(Height, y + Kernel.Height) - top,
            Math.Min(Width, x + Kernel.Width) - left,
            (top - y) * Kernel.Width + left - x
        );
    }

    /// <summary>Weight of a cell in its window's mean.</summary>
    /// <param name="window">The window.</param>
    /// <param name="countPadding">Whether padded cells count, as zeros.</param>
    public float Share(PoolWindow window, bool countPadding) =>
        1f / (countPadding ? Kernel.Height * Kernel.Width : window.Rows * window.Columns);
}

/// <param name="Top">First row in the picture.</param>
/// <param name="Left">First column.</param>
/// <param name="Rows">Rows inside the picture.</param>
/// <param name="Columns">Columns inside the picture.</param>
/// <param name="Number">Row-major number of the first cell in the whole window.</param>
internal readonly record struct PoolWindow(int Top, int Left, int Rows, int Columns, int Number);

/// <summary>
/// Kernels of max and average pooling. Threads split output rows forward, and images backward, where windows may overlap.
/// </summary>
internal static unsafe class Pooling
{
    /// <summary>
    /// y = the largest value of each window; place (if wanted) = its number in the window, row-major, the first of equals.
    /// </summary>
    /// <param name="place">Number of the largest value in each window, as long as y; empty outside training.</param>
    public static void Max(PoolGeometry g, int batch, ReadOnlySpan<float> x, Span<float> y, Span<float> place, ThreadTeam team)
    {
        fixed (float* px = x, py = y, pp = place)
        {
            var job = new MaxJob(g, 0, batch * g.OutHeight, px, py, pp);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>
    /// Output rows [first, end) of one image by the calling thread; x and y are row 0 of the image, of which only rows in use have to
    /// exist.
    /// </summary>
    public static void MaxRows(PoolGeometry g, int first, int end, float* x, float* y, int lanes)
    {
        var job = new MaxJob(g, first, end - first, x, y, null);
        Lanes.RunHere(ref job, lanes);
    }

    /// <summary>dX: each dY goes to the place it came from.</summary>
    public static void MaxGradient(
        PoolGeometry g,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> place,
        Span<float> dx,
        ThreadTeam team
    )
    {
        fixed (float* pdy = dy, pp = place, pdx = dx)
        {
            var job = new GradientJob<ToPlace>(g, batch, pdy, new ToPlace(pp), pdx);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>y = the mean of each window; padded cells count as zeros, or not at all.</summary>
    public static void Average(PoolGeometry g, bool countPadding, int batch, ReadOnlySpan<float> x, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, py = y)
        {
            var job = new AverageJob(g, countPadding, batch, px, py);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>dX: each dY spread evenly over its window.</summary>
    public static void AverageGradient(
        PoolGeometry g,
        bool countPadding,
        int batch,
        ReadOnlySpan<float> dy,
        Span<float> dx,
        ThreadTeam team
    )
    {
        fixed (float* pdy = dy, pdx = dx)
        {
            var job = new GradientJob<Evenly>(g, batch, pdy, new Evenly(g, countPadding), pdx);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>Output rows from a first one on, those of all images counted through.</summary>
    private readonly struct MaxJob(PoolGeometry g, int firstRow, int rows, float* x, float* y, float* place) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            (start, end) = (firstRow + start, firstRow + end);
            nint at = (nint)start * g.OutWidth * g.Channels;
            for (int row = start; row < end; row++)
            {
                (int n, int oy) = Math.DivRem(row, g.OutHeight);
                for (int ox = 0; ox < g.OutWidth; ox++, at += g.Channels)
                {
                    PoolWindow w = g.Window(oy, ox);
                    float* first = x + (((nint)n * g.Height + w.Top) * g.Width + w.Left) * g.Channels;
                    int c = 0;
                    if (g.IsHalving)
                        for (; c + L.Count <= g.Channels; c += L.Count) Halving<L>(first + c, at + c);
                    for (; place is null && c + L.Count <= g.Channels; c += L.Count) Largest<L>(first + c, w).Store(y + at + c);
                    for (; c + L.Count <= g.Channels; c += L.Count) Largest<L>(first + c, w, at + c);
                    for (; c < g.Channels; c++) Largest<Lanes1>(first + c, w, at + c);
                }
            }
        }

        private void Halving<T>(float* p, nint at) where T : struct, ILanes<T>
        {
            float* q = p + (nint)g.Width * g.Channels;
            T a = T.Load(p), b = T.Load(p + g.Channels), c = T.Load(q), d = T.Load(q + g.Channels), top = T.Max(a, b), bottom = T.Max(c, d);
            T.Max(top, bottom).Store(y + at);
            if (place is null) return;
            T where = T.Select(b, a, T.Broadcast(1), T.Broadcast(0));
            T.Select(bottom, top, T.Select(d, c, T.Broadcast(3), T.Broadcast(2)), where).Store(place + at);
        }

        private T Largest<T>(float* p, PoolWindow w) where T : struct, ILanes<T>
        {
            T best = T.Broadcast(float.NegativeInfinity);
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
                for (int j = 0; j < w.Columns; j++) best = T.Max(T.Load(p + (nint)j * g.Channels), best);
            return best;
        }

        private void Largest<T>(float* p, PoolWindow w, nint at) where T : struct, ILanes<T>
        {
            T best = T.Broadcast(float.NegativeInfinity), where = T.Broadcast(w.Number);
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
            {
                for (int j = 0; j < w.Columns; j++)
                {
                    T v = T.Load(p + (nint)j * g.Channels);
                    where = T.Select(v, best, T.Broadcast(w.Number + i * g.Kernel.Width + j), where);
                    best = T.Max(v, best); // a NaN stays one, so that a broken network is seen
                }
            }
            best.Store(y + at);
            if (place is not null) where.Store(place + at);
        }
    }

    private readonly struct AverageJob(PoolGeometry g, bool countPadding, int batch, float* x, float* y) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            float* to = y + (nint)start * g.OutWidth * g.Channels;
            for (int row = start; row < end; row++)
            {
                (int n, int oy) = Math.DivRem(row, g.OutHeight);
                for (int ox = 0; ox < g.OutWidth; ox++, to += g.Channels)
                {
                    PoolWindow w = g.Window(oy, ox);
                    float* first = x + (((nint)n * g.Height + w.Top) * g.Width + w.Left) * g.Channels;
                    int c = 0;
                    for (; c + L.Count <= g.Channels; c += L.Count) Mean<L>(first + c, w).Store(to + c);
                    for (; c < g.Channels; c++) Mean<Lanes1>(first + c, w).Store(to + c);
                }
            }
        }

        private T Mean<T>(float* p, PoolWindow w) where T : struct, ILanes<T>
        {
            T sum = T.Broadcast(0);
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
                for (int j = 0; j < w.Columns; j++) sum += T.Load(p + (nint)j * g.Channels);
            return sum * T.Broadcast(g.Share(w, countPadding));
        }
    }

    /// <summary>How a window's gradient is shared out among its cells.</summary>
    private interface ISharing
    {
        /// <summary>
        /// The part of <paramref name="d"/> that cell <paramref name="number"/> of a window gets; <paramref name="at"/> is the index of d.
        /// </summary>
        T Share<T>(T d, nint at, PoolWindow window, int number) where T : struct, ILanes<T>;
    }

    private readonly struct ToPlace(float* place) : ISharing
    {
        public T Share<T>(T d, nint at, PoolWindow window, int number)
            where T : struct, ILanes<T> => T.SelectEqual(T.Load(place + at), T.Broadcast(number), d, T.Broadcast(0));
    }

    private readonly struct Evenly(PoolGeometry g, bool countPadding) : ISharing
    {
        public T Share<T>(T d, nint at, PoolWindow window, int number)
            where T : struct, ILanes<T> => d * T.Broadcast(g.Share(window, countPadding));
    }

    private readonly struct GradientJob<TSharing>(PoolGeometry g, int batch, float* dy, TSharing sharing, float* dx) : ILaneJob
        where TSharing : struct, ISharing
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch, part, parts);
            for (int n = start; n < end; n++)
            {
                float* image = dx + (nint)n * g.Height * g.Width * g.Channels;
                // Halving writes each cell once; in general windows overlap and cells are added to.
                if (!g.IsHalving || (g.Height | g.Width) % 2 != 0) new Span<float>(image, g.Height * g.Width * g.Channels).Clear();
                nint at = (nint)n * g.OutHeight * g.OutWidth * g.Channels;
                for (int oy = 0; oy < g.OutHeight; oy++)
                {
                    for (int ox = 0; ox < g.OutWidth; ox++, at += g.Channels)
                    {
                        PoolWindow w = g.Window(oy, ox);
                        float* first = image + ((nint)w.Top * g.Width + w.Left) * g.Channels;
                        int c = 0;
                        if (g.IsHalving)
                        {
                            for (; c + L.Count <= g.Channels; c += L.Count) Halving<L>(first + c, w, at + c);
                            for (; c < g.Channels; c++) Halving<Lanes1>(first + c, w, at + c);
                        }
                        for (; c + L.Count <= g.Channels; c += L.Count) Spread<L>(first + c, w, at + c);
                        for (; c < g.Channels; c++) Spread<Lanes1>(first + c, w, at + c);
                    }
                }
            }
        }

        private void Halving<T>(float* p, PoolWindow w, nint at) where T : struct, ILanes<T>
        {
            float* q = p + (nint)g.Width * g.Channels;
            T d = T.Load(dy + at);
            sharing.Share(d, at, w, 0).Store(p);
            sharing.Share(d, at, w, 1).Store(p + g.Channels);
            sharing.Share(d, at, w, 2).Store(q);
            sharing.Share(d, at, w, 3).Store(q + g.Channels);
        }

        private void Spread<T>(float* p, PoolWindow w, nint at) where T : struct, ILanes<T>
        {
            T d = T.Load(dy + at);
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
            {
                for (int j = 0; j < w.Columns; j++)
                {
                    float* cell = p + (nint)j * g.Channels;
                    (T.Load(cell) + sharing.Share(d, at, w, w.Number + i * g.Kernel.Width + j)).Store(cell);
                }
            }
        }
    }
}
