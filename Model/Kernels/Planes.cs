using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>Between images [N, plane, channels] and one value an image and channel, [N, channels].</summary>
internal static unsafe class Planes
{
    /// <summary>Channels of one image that a thread sums at a time: four cache lines of a pixel.</summary>
    private const int Block = 64;

    /// <summary>y[n, c] = the mean of x[n, p, c] over p.</summary>
    public static void Mean(ReadOnlySpan<float> x, Span<float> y, int plane, int channels, ThreadTeam team)
    {
        fixed (float* px = x, py = y)
        {
            var job = new MeanJob(px, py, y.Length / channels, plane, channels);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>dX[n, p, c] = dY[n, c] / plane.</summary>
    public static void MeanGradient(ReadOnlySpan<float> dy, Span<float> dx, int plane, int channels, ThreadTeam team)
    {
        fixed (float* pdy = dy, pdx = dx)
        {
            var job = new SpreadJob(pdy, pdx, dx.Length / channels, plane, channels);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>y[n, p, c] = x[n, p, c] · factors[n, c]; y may be x.</summary>
    public static void Scale(ReadOnlySpan<float> x, ReadOnlySpan<float> factors, Span<float> y, int plane, int channels, ThreadTeam team)
    {
        fixed (float* px = x, f = factors, py = y)
        {
            var job = new ScaleJob(px, f, py, y.Length / channels, plane, channels);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>y[n, ...] = x[n, ...] · factors[n], and 0 where the factor is 0, whatever x holds; y may be x.</summary>
    public static void ScaleImages(ReadOnlySpan<float> x, ReadOnlySpan<float> factors, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, f = factors, py = y)
        {
            var job = new ScaleImageJob(px, f, py, y.Length, y.Length / factors.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>y[n, c] = Σ_p a[n, p, c] · b[n, p, c].</summary>
    public static void Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, int plane, int channels, ThreadTeam team)
    {
        fixed (float* pa = a, pb = b, py = y)
        {
            var job = new DotJob(pa, pb, py, y.Length / channels, plane, channels);
            team.Run(ref job, team.LaneCount);
        }
    }

    private readonly struct DotJob(float* a, float* b, float* y, int batch, int plane, int channels) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int blocks = (channels + Block - 1) / Block;
            (int start, int end) = ThreadTeam.Range(batch * blocks, part, parts);
            for (int item = start; item < end; item++)
            {
                (int n, int block) = Math.DivRem(item, blocks);
                nint image = (nint)n * plane * channels;
                float* dot = y + (nint)n * channels;
                int c = block * Block, last = Math.Min(channels, c + Block);
                for (; c + L.Count <= last; c += L.Count) Dot<L>(a + image + c, b + image + c).Store(dot + c);
                for (; c < last; c++) Dot<Lanes1>(a + image + c, b + image + c).Store(dot + c);
            }
        }

        private T Dot<T>(float* p, float* q) where T : struct, ILanes<T>
        {
            T even = T.Broadcast(0), odd = even;
            int i = 0;
            for (; i + 2 <= plane; i += 2, p += 2 * (nint)channels, q += 2 * (nint)channels)
            {
                even = T.FusedMultiplyAdd(T.Load(p), T.Load(q), even);
                odd = T.FusedMultiplyAdd(T.Load(p + channels), T.Load(q + channels), odd);
            }
            if (i < plane) even = T.FusedMultiplyAdd(T.Load(p), T.Load(q), even);
            return even + odd;
        }
    }

    private readonly struct MeanJob(float* x, float* y, int batch, int plane, int channels) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int blocks = (channels + Block - 1) / Block;
            (int start, int end) = ThreadTeam.Range(batch * blocks, part, parts);
            for (int item = start; item < end; item++)
            {
                (int n, int block) = Math.DivRem(item, blocks);
                float* image = x + (nint)n * plane * channels, mean = y + (nint)n * channels;
                int c = block * Block, last = Math.Min(channels, c + Block);
                for (; c + L.Count <= last; c += L.Count) Mean<L>(image + c).Store(mean + c);
                for (; c < last; c++) Mean<Lanes1>(image + c).Store(mean + c);
            }
        }

        // Four interleaved sums: no chain of additions to wait for, and a quarter of the rounding of one.
        private T Mean<T>(float* p) where T : struct, ILanes<T>
        {
            T a = T.Broadcast(0), b = a, c = a, d = a;
            int i = 0;
            for (; i + 4 <= plane; i += 4, p += 4 * (nint)channels)
            {
                a += T.Load(p);
                b += T.Load(p + channels);
                c += T.Load(p + 2 * (nint)channels);
                d += T.Load(p + 3 * (nint)channels);
            }
            for (; i < plane; i++, p += channels) a += T.Load(p);
            return (a + b + (c + d)) * T.Broadcast(1f / plane);
        }
    }

    private readonly struct SpreadJob(float* dy, float* dx, int rows, int plane, int channels) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            float share = 1f / plane;
            for (int r = start; r < end; r++)
            {
                float* from = dy + (nint)(r / plane) * channels, to = dx + (nint)r * channels;
                int c = 0;
                for (; c + L.Count <= channels; c += L.Count) (L.Load(from + c) * L.Broadcast(share)).Store(to + c);
                for (; c < channels; c++) to[c] = from[c] * share;
            }
        }
    }

    private readonly struct ScaleJob(float* x, float* factors, float* y, int rows, int plane, int channels) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            for (int r = start; r < end; r++)
            {
                float* f = factors + (nint)(r / plane) * channels, from = x + (nint)r * channels, to = y + (nint)r * channels;
                int c = 0;
                for (; c + L.Count <= channels; c += L.Count) (L.Load(from + c) * L.Load(f + c)).Store(to + c);
                for (; c < channels; c++) to[c] = from[c] * f[c];
            }
        }
    }

    private readonly struct ScaleImageJob(float* x, float* factors, float* y, int length, int image) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            while (i < end)
            {
                int n = i / image, last = Math.Min(end - n * image, image) + n * image;
                float factor = factors[n];
                if (factor == 0)
                {
                    new Span<float>(y + i, last - i).Clear();
                    i = last;
                    continue;
                }
                for (; i + L.Count <= last; i += L.Count) (L.Load(x + i) * L.Broadcast(factor)).Store(y + i);
                for (; i < last; i++) y[i] = x[i] * factor;
            }
        }
    }
}
