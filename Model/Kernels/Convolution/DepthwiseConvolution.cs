namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Convolution with one filter a channel (Howard et al. 2017, arXiv:1704.04861), summed directly with vectors of channels: there is no
/// matrix product in it, it is bound by the loads of x.
/// </summary>
/// <remarks>Weights are packed as [taps, channels]. Threads split output rows of all images; the weight gradient is summed per thread and then in thread order.</remarks>
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

    public override void Forward(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> packed, Epilogue epilogue, Span<float> y, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* px = x, w = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y)
        {
            var job = new ForwardJob(Geometry, batch, px, w, new PinnedEpilogue(bias, residual, epilogue.Activation), py);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardData(int batch, ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, Span<float> scratch, ThreadTeam team)
    {
        Pack(weights, scratch[..Geometry.WeightLength], team);
        fixed (float* pdy = dy, w = scratch, pdx = dx)
        {
            var job = new BackwardDataJob(Geometry, batch, pdy, w, pdx);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardWeights(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> scratch, ThreadTeam team)
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

    private readonly struct ForwardJob(ConvGeometry g, int batch, float* x, float* w, PinnedEpilogue epilogue, float* y) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            int whole = g.OutChannels / L.Count * L.Count;
            for (int row = start; row < end; row++)
            {
                for (int ox = 0; ox < g.OutWidth; ox++)
                {
                    nint at = ((nint)row * g.OutWidth + ox) * g.OutChannels;
                    for (int c = 0; c < whole; c += L.Count) epilogue.Apply(Sum<L>(row, ox, c), c, at + c).Store(y + at + c);
                    for (int c = whole; c < g.OutChannels; c++) epilogue.Apply(Sum<Lanes1>(row, ox, c), c, at + c).Store(y + at + c);
                }
            }
        }

        private T Sum<T>(int row, int ox, int c) where T : struct, ILanes<T>
        {
            (int n, int oy) = Math.DivRem(row, g.OutHeight);
            T sum = T.Broadcast(0);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                if ((uint)iy >= (uint)g.Height) continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    int ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                    if ((uint)ix >= (uint)g.Width) continue;
                    float* from = x + (nint)n * g.InLength + ((nint)iy * g.Width + ix) * g.InChannels + c;
                    sum = T.FusedMultiplyAdd(T.Load(from), T.Load(w + (nint)(i * g.KernelWidth + j) * g.OutChannels + c), sum);
                }
            }
            return sum;
        }
    }

    private readonly struct BackwardDataJob(ConvGeometry g, int batch, float* dy, float* w, float* dx) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.Height, part, parts);
            int whole = g.InChannels / L.Count * L.Count;
            for (int row = start; row < end; row++)
            {
                for (int ix = 0; ix < g.Width; ix++)
                {
                    float* to = dx + ((nint)row * g.Width + ix) * g.InChannels;
                    for (int c = 0; c < whole; c += L.Count) Sum<L>(row, ix, c).Store(to + c);
                    for (int c = whole; c < g.InChannels; c++) Sum<Lanes1>(row, ix, c).Store(to + c);
                }
            }
        }

        // Every output that this input was a tap of: oy · stride = iy + pad - tap · dilation.
        private T Sum<T>(int row, int ix, int c) where T : struct, ILanes<T>
        {
            (int n, int iy) = Math.DivRem(row, g.Height);
            T sum = T.Broadcast(0);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                (int oy, int rest) = Math.DivRem(iy + g.PadY - i * g.DilationY, g.StrideY);
                if (rest != 0 || (uint)oy >= (uint)g.OutHeight) continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    (int ox, rest) = Math.DivRem(ix + g.PadX - j * g.DilationX, g.StrideX);
                    if (rest != 0 || (uint)ox >= (uint)g.OutWidth) continue;
                    float* from = dy + (nint)n * g.OutLength + ((nint)oy * g.OutWidth + ox) * g.OutChannels + c;
                    sum = T.FusedMultiplyAdd(T.Load(from), T.Load(w + (nint)(i * g.KernelWidth + j) * g.OutChannels + c), sum);
                }
            }
            return sum;
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
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    float* tap = to + (nint)(i * g.KernelWidth + j) * g.OutChannels + c;
                    T sum = T.Load(tap);
                    for (int ox = 0; ox < g.OutWidth; ox++)
                    {
                        int ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                        if ((uint)ix >= (uint)g.Width) continue;
                        float* from = x + (nint)n * g.InLength + ((nint)iy * g.Width + ix) * g.InChannels + c;
                        sum = T.FusedMultiplyAdd(T.Load(from), T.Load(dy + ((nint)row * g.OutWidth + ox) * g.OutChannels + c), sum);
                    }
                    sum.Store(tap);
                }
            }
        }
    }
}
