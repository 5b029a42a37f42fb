using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Convolution with one filter a channel (Howard et al. 2017, arXiv:1704.04861), summed directly with vectors of channels: there is no
/// matrix product in it, it is bound by the loads of x.
/// </summary>
/// <remarks>
/// Weights are packed as [taps, channels]. Four neighbouring outputs share each load of a weight. At stride s the data gradient falls
/// apart into s convolutions at stride 1, one for each residue of the column modulo s: only those taps meet an output at all. Threads
/// split rows of all images; the weight gradient is summed per thread and then in thread order.
/// </remarks>
internal sealed unsafe class DepthwiseConvolution(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
{
    public override int PackedFloats => Geometry.WeightLength;

    public override long ScratchFloats(int batch, int threads) => (threads + 1L) * RoundUp(Geometry.WeightLength, 16);

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        int taps = Geometry.Depth, channels = Geometry.OutChannels;
        for (int c = 0; c < channels; c++)
            for (int t = 0; t < taps; t++) packed[t * channels + c] = weights[c * taps + t];
    }

    public override void Forward(
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> packed,
        Epilogue epilogue,
        Span<float> y,
        Span<float> scratch,
        ThreadTeam team
    )
    {
        fixed (float* px = x, w = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y)
        {
            var job = new ForwardJob(
                Geometry,
                0,
                batch * Geometry.OutHeight,
                px,
                w,
                new PinnedEpilogue(bias, residual, epilogue.Activation),
                py
            );
            team.Run(ref job, lanes);
        }
    }

    public override long StripScratchFloats => 0;

    public override void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch)
    {
        var job = new ForwardJob(Geometry, first, end - first, x, packed, epilogue, y);
        Lanes.RunHere(ref job, lanes);
    }

    public override void BackwardData(
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> weights,
        Span<float> dx,
        Span<float> scratch,
        ThreadTeam team
    )
    {
        Pack(weights, scratch[..Geometry.WeightLength], team);
        fixed (float* pdy = dy, w = scratch, pdx = dx)
        {
            var job = new BackwardDataJob(Geometry, batch, pdy, w, pdx);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardWeights(
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw,
        Span<float> scratch,
        ThreadTeam team
    )
    {
        int length = Geometry.WeightLength, stride = RoundUp(length, 16), taps = Geometry.Depth, channels = Geometry.OutChannels;
        scratch[..(team.Threads * stride)].Clear();
        fixed (float* px = x, pdy = dy, s = scratch)
        {
            var job = new BackwardWeightsJob(Geometry, batch, px, pdy, s, stride);
            team.Run(ref job, lanes);
        }
        for (int c = 0; c < channels; c++)
        {
            for (int t = 0; t < taps; t++)
            {
                float sum = 0;
                for (int p = 0; p < team.Threads; p++) sum += scratch[p * stride + t * channels + c];
                dw[c * taps + t] = sum;
            }
        }
    }

    public override string ToString() => "depthwise";

    /// <summary>What one tap adds to a line of results: they read from here on, with this weight.</summary>
    private readonly struct Tap(float* from, float* weight)
    {
        public readonly float* From = from, Weight = weight;
    }

    /// <summary>A line of results at equal distances: result q is Σ tap.From[q · step] · tap.Weight, for one vector of channels.</summary>
    private static class Line<T> where T : struct, ILanes<T>
    {
        /// <summary>Four results, each a chain of its own.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (T, T, T, T) Four(Tap* taps, int count, nint at, nint step, nint channel)
        {
            T s0 = T.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int k = 0; k < count; k++)
            {
                float* from = taps[k].From + at + channel;
                T w = T.Load(taps[k].Weight + channel);
                s0 = T.FusedMultiplyAdd(T.Load(from), w, s0);
                s1 = T.FusedMultiplyAdd(T.Load(from + step), w, s1);
                s2 = T.FusedMultiplyAdd(T.Load(from + 2 * step), w, s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 3 * step), w, s3);
            }
            return (s0, s1, s2, s3);
        }

        /// <summary>
        /// Four neighbouring results of whole rows of three taps at stride 1: what lies under several of them is loaded once.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (T, T, T, T) FourOfThree(Tap* taps, int rows, nint at, nint pixel, nint channel)
        {
            T s0 = T.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int i = 0; i < rows; i++, taps += 3)
            {
                float* from = taps->From + at + channel;
                T w0 = T.Load(taps[0].Weight + channel), w1 = T.Load(taps[1].Weight + channel), w2 = T.Load(taps[2].Weight + channel);
                T x = T.Load(from), x1 = T.Load(from + pixel), x2 = T.Load(from + 2 * pixel), x3 = T.Load(from + 3 * pixel);
                s0 = T.FusedMultiplyAdd(x, w0, s0);
                s1 = T.FusedMultiplyAdd(x1, w0, s1);
                s2 = T.FusedMultiplyAdd(x2, w0, s2);
                s3 = T.FusedMultiplyAdd(x3, w0, s3);
                s0 = T.FusedMultiplyAdd(x1, w1, s0);
                s1 = T.FusedMultiplyAdd(x2, w1, s1);
                s2 = T.FusedMultiplyAdd(x3, w1, s2);
                x = T.Load(from + 4 * pixel);
                s3 = T.FusedMultiplyAdd(x, w1, s3);
                s0 = T.FusedMultiplyAdd(x2, w2, s0);
                s1 = T.FusedMultiplyAdd(x3, w2, s1);
                s2 = T.FusedMultiplyAdd(x, w2, s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 5 * pixel), w2, s3);
            }
            return (s0, s1, s2, s3);
        }

        /// <summary>The same at stride 2.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (T, T, T, T) FourOfThreeApart(Tap* taps, int rows, nint at, nint pixel, nint channel)
        {
            T s0 = T.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int i = 0; i < rows; i++, taps += 3)
            {
                float* from = taps->From + at + channel;
                T w = T.Load(taps[0].Weight + channel),
                    x2 = T.Load(from + 2 * pixel),
                    x4 = T.Load(from + 4 * pixel),
                    x6 = T.Load(from + 6 * pixel);
                s0 = T.FusedMultiplyAdd(T.Load(from), w, s0);
                s1 = T.FusedMultiplyAdd(x2, w, s1);
                s2 = T.FusedMultiplyAdd(x4, w, s2);
                s3 = T.FusedMultiplyAdd(x6, w, s3);
                w = T.Load(taps[1].Weight + channel);
                s0 = T.FusedMultiplyAdd(T.Load(from + pixel), w, s0);
                s1 = T.FusedMultiplyAdd(T.Load(from + 3 * pixel), w, s1);
                s2 = T.FusedMultiplyAdd(T.Load(from + 5 * pixel), w, s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 7 * pixel), w, s3);
                w = T.Load(taps[2].Weight + channel);
                s0 = T.FusedMultiplyAdd(x2, w, s0);
                s1 = T.FusedMultiplyAdd(x4, w, s1);
                s2 = T.FusedMultiplyAdd(x6, w, s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 8 * pixel), w, s3);
            }
            return (s0, s1, s2, s3);
        }

        /// <summary>One result of four vectors of channels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (T, T, T, T) FourVectors(Tap* taps, int count, nint channel)
        {
            T s0 = T.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int k = 0; k < count; k++)
            {
                float* from = taps[k].From + channel, w = taps[k].Weight + channel;
                s0 = T.FusedMultiplyAdd(T.Load(from), T.Load(w), s0);
                s1 = T.FusedMultiplyAdd(T.Load(from + T.Count), T.Load(w + T.Count), s1);
                s2 = T.FusedMultiplyAdd(T.Load(from + 2 * T.Count), T.Load(w + 2 * T.Count), s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 3 * T.Count), T.Load(w + 3 * T.Count), s3);
            }
            return (s0, s1, s2, s3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T One(Tap* taps, int count, nint at, nint channel)
        {
            T sum = T.Broadcast(0);
            for (int k = 0; k < count; k++)
                sum = T.FusedMultiplyAdd(T.Load(taps[k].From + at + channel), T.Load(taps[k].Weight + channel), sum);
            return sum;
        }
    }

    /// <summary>Output rows from a first one on, those of all images counted through.</summary>
    private readonly struct ForwardJob(ConvGeometry g, int firstRow, int rows, float* x, float* w, PinnedEpilogue epilogue, float* y)
        : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            (start, end) = (firstRow + start, firstRow + end);
            int whole = g.OutChannels / L.Count * L.Count, reach = (g.KernelWidth - 1) * g.DilationX;
            // Outputs whose taps all lie inside the row.
            int first = Math.Min(g.OutWidth, (g.PadX + g.StrideX - 1) / g.StrideX);
            int inner = Math.Clamp(
                g.Width + g.PadX - reach - 1 < 0 ? 0 : (g.Width + g.PadX - reach - 1) / g.StrideX + 1,
                first,
                g.OutWidth
            );
            Tap* taps = stackalloc Tap[g.Depth];
            for (int row = start; row < end; row++)
            {
                for (int ox = 0; ox < first; ox++) Edge<L>(row, ox, whole, taps);
                int count = Gather(row, first, first < inner, taps);
                nint at = ((nint)row * g.OutWidth + first) * g.OutChannels;
                Inner<L>(taps, count, inner - first, at, 0, whole);
                Inner<Lanes1>(taps, count, inner - first, at, whole, g.OutChannels);
                for (int ox = inner; ox < g.OutWidth; ox++) Edge<L>(row, ox, whole, taps);
            }
        }

        // Taps of one output that lie inside the picture; of an inner one its whole rows.
        private int Gather(int row, int ox, bool wanted, Tap* taps)
        {
            int count = 0;
            (int n, int oy) = Math.DivRem(row, g.OutHeight);
            for (int i = 0; wanted && i < g.KernelHeight; i++)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                if ((uint)iy >= (uint)g.Height) continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    int ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                    if ((uint)ix >= (uint)g.Width) continue;
                    taps[count++] = new Tap(
                        x + (nint)n * g.InLength + ((nint)iy * g.Width + ix) * g.InChannels,
                        w + (nint)(i * g.KernelWidth + j) * g.OutChannels
                    );
                }
            }
            return count;
        }

        private void Edge<L>(int row, int ox, int whole, Tap* taps) where L : struct, ILanes<L>
        {
            int count = Gather(row, ox, true, taps);
            nint at = ((nint)row * g.OutWidth + ox) * g.OutChannels;
            Single<L>(taps, count, at, 0, whole);
            Single<Lanes1>(taps, count, at, whole, g.OutChannels);
        }

        // One output: four vectors of channels at a time, each a chain of its own.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Single<T>(Tap* taps, int count, nint at, int channel, int end) where T : struct, ILanes<T>
        {
            int c = channel, n = T.Count;
            for (; c + 4 * n <= end; c += 4 * n)
            {
                (T s0, T s1, T s2, T s3) = Line<T>.FourVectors(taps, count, c);
                epilogue.Apply(s0, c, at + c).Store(y + at + c);
                epilogue.Apply(s1, c + n, at + c + n).Store(y + at + c + n);
                epilogue.Apply(s2, c + 2 * n, at + c + 2 * n).Store(y + at + c + 2 * n);
                epilogue.Apply(s3, c + 3 * n, at + c + 3 * n).Store(y + at + c + 3 * n);
            }
            for (; c < end; c += n) epilogue.Apply(Line<T>.One(taps, count, 0, c), c, at + c).Store(y + at + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Inner<T>(Tap* taps, int count, int outputs, nint at, int channel, int end) where T : struct, ILanes<T>
        {
            nint step = (nint)g.StrideX * g.InChannels, next = g.OutChannels;
            int q = 0;
            bool three = g is { KernelWidth: 3, DilationX: 1, StrideX: 1 or 2 };
            while (q < outputs && outputs >= 4)
            {
                q = Math.Min(q, outputs - 4); // the last four overlap those before them: the same sums once more
                nint to = at + q * next;
                for (int c = channel; c < end; c += T.Count)
                {
                    (T s0, T s1, T s2, T s3) = !three ? Line<T>.Four(taps, count, q * step, step, c)
                        : g.StrideX == 1 ? Line<T>.FourOfThree(taps, count / 3, q * step, g.InChannels, c)
                        : Line<T>.FourOfThreeApart(taps, count / 3, q * step, g.InChannels, c);
                    epilogue.Apply(s0, c, to + c).Store(y + to + c);
                    epilogue.Apply(s1, c, to + next + c).Store(y + to + next + c);
                    epilogue.Apply(s2, c, to + 2 * next + c).Store(y + to + 2 * next + c);
                    epilogue.Apply(s3, c, to + 3 * next + c).Store(y + to + 3 * next + c);
                }
                q += 4;
            }
            for (; q < outputs; q++)
                for (int c = channel; c < end; c += T.Count)
                    epilogue.Apply(Line<T>.One(taps, count, q * step, c), c, at + q * next + c).Store(y + at + q * next + c);
        }
    }

    private readonly struct BackwardDataJob(ConvGeometry g, int batch, float* dy, float* w, float* dx) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.Height, part, parts);
            int whole = g.InChannels / L.Count * L.Count;
            Tap* taps = stackalloc Tap[g.Depth];
            // Columns one stride apart that meet the same taps, each one output further on: how many follow from a column on.
            int* runs = stackalloc int[g.Width];
            for (int ix = g.Width - 1; ix >= 0; ix--)
                runs[ix] = ix + g.StrideX < g.Width && MeetSameTaps(ix, ix + g.StrideX) ? runs[ix + g.StrideX] + 1 : 1;
            for (int row = start; row < end; row++)
            {
                for (int residue = 0; residue < Math.Min(g.StrideX, g.Width); residue++)
                {
                    for (int ix = residue; ix < g.Width; ix += runs[ix] * g.StrideX)
                    {
                        int count = Gather(row, ix, taps);
                        Sum<L>(taps, count, runs[ix], row, ix, 0, whole);
                        Sum<Lanes1>(taps, count, runs[ix], row, ix, whole, g.InChannels);
                    }
                }
            }
        }

        private bool MeetSameTaps(int ix, int other)
        {
            for (int j = 0; j < g.KernelWidth; j++)
                if (Meets(ix, j, out _) != Meets(other, j, out _)) return false;
            return true;
        }

        // Whether a column was under tap j of some output: ox · stride = ix + pad - tap · dilation.
        private bool Meets(int ix, int j, out int ox)
        {
            (ox, int rest) = Math.DivRem(ix + g.PadX - j * g.DilationX, g.StrideX);
            return rest == 0 && (uint)ox < (uint)g.OutWidth;
        }

        // Every output that this input was a tap of.
        private int Gather(int row, int ix, Tap* taps)
        {
            int count = 0;
            (int n, int iy) = Math.DivRem(row, g.Height);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                (int oy, int rest) = Math.DivRem(iy + g.PadY - i * g.DilationY, g.StrideY);
                if (rest != 0 || (uint)oy >= (uint)g.OutHeight) continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    if (!Meets(ix, j, out int ox)) continue;
                    taps[count++] = new Tap(
                        dy + (nint)n * g.OutLength + ((nint)oy * g.OutWidth + ox) * g.OutChannels,
                        w + (nint)(i * g.KernelWidth + j) * g.OutChannels
                    );
                }
            }
            return count;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Sum<T>(Tap* taps, int count, int run, int row, int ix, int channel, int end) where T : struct, ILanes<T>
        {
            nint step = g.OutChannels, next = (nint)g.StrideX * g.InChannels;
            float* to = dx + ((nint)row * g.Width + ix) * g.InChannels;
            int q = 0;
            for (; q + 4 <= run; q += 4, to += 4 * next)
            {
                for (int c = channel; c < end; c += T.Count)
                {
                    (T s0, T s1, T s2, T s3) = Line<T>.Four(taps, count, q * step, step, c);
                    s0.Store(to + c);
                    s1.Store(to + next + c);
                    s2.Store(to + 2 * next + c);
                    s3.Store(to + 3 * next + c);
                }
            }
            for (; q < run; q++, to += next)
                for (int c = channel; c < end; c += T.Count) Line<T>.One(taps, count, q * step, c).Store(to + c);
        }
    }

    private readonly struct BackwardWeightsJob(ConvGeometry g, int batch, float* x, float* dy, float* sums, int stride) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            int whole = g.OutChannels / L.Count * L.Count;
            for (int row = start; row < end; row++)
            {
                for (int c = 0; c < whole; c += L.Count) AddRow<L>(row, c, sums + (nint)part * stride);
                for (int c = whole; c < g.OutChannels; c++) AddRow<Lanes1>(row, c, sums + (nint)part * stride);
            }
        }

        private void AddRow<T>(int row, int c, float* to) where T : struct, ILanes<T>
        {
            (int n, int oy) = Math.DivRem(row, g.OutHeight);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                if ((uint)iy >= (uint)g.Height) continue;
                float* image = x + (nint)n * g.InLength + (nint)iy * g.Width * g.InChannels + c;
                for (int j = 0; j < g.KernelWidth; j++)
                    AddTap<T>(
                        image,
                        dy + (nint)row * g.OutWidth * g.OutChannels + c,
                        j,
                        to + (nint)(i * g.KernelWidth + j) * g.OutChannels + c
                    );
            }
        }

        // Four chains, or the latency of the multiply-add would be all that is measured.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddTap<T>(float* line, float* gradient, int j, float* tap) where T : struct, ILanes<T>
        {
            int left = j * g.DilationX - g.PadX;
            int start = left >= 0 ? 0 : (-left + g.StrideX - 1) / g.StrideX,
                end = left >= g.Width ? 0 : Math.Min(g.OutWidth, (g.Width - 1 - left) / g.StrideX + 1);
            nint step = (nint)g.StrideX * g.InChannels, next = g.OutChannels;
            T s0 = T.Load(tap), s1 = T.Broadcast(0), s2 = s1, s3 = s1;
            int ox = start;
            float* from = line + left * (nint)g.InChannels + start * step;
            gradient += start * next;
            for (; ox + 4 <= end; ox += 4, from += 4 * step, gradient += 4 * next)
            {
                s0 = T.FusedMultiplyAdd(T.Load(from), T.Load(gradient), s0);
                s1 = T.FusedMultiplyAdd(T.Load(from + step), T.Load(gradient + next), s1);
                s2 = T.FusedMultiplyAdd(T.Load(from + 2 * step), T.Load(gradient + 2 * next), s2);
                s3 = T.FusedMultiplyAdd(T.Load(from + 3 * step), T.Load(gradient + 3 * next), s3);
            }
            for (; ox < end; ox++, from += step, gradient += next) s0 = T.FusedMultiplyAdd(T.Load(from), T.Load(gradient), s0);
            (s0 + s1 + (s2 + s3)).Store(tap);
        }
    }
}
