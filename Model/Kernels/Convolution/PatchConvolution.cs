using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Convolution of any kernel, stride, padding, dilation and grouping as a matrix product of unfolded patches ("im2col", Chellapilla et
/// al. 2006), a few rows of outputs at a time so that the patches stay in L2. A 1x1 convolution at stride 1, and a linear layer, are
/// the product itself: nothing is unfolded.
/// </summary>
/// <remarks>
/// Patches are [pixels, taps · channels] in the order (tap row, tap column, channel), which copies whole runs of channels; weights are
/// packed in the same order in panels of two vectors of outputs. Threads split the output pixels of all images; in the data gradient,
/// where patches overlap, the images; in the weight gradient the pixels, with sums per thread that are added in thread order.
/// </remarks>
internal sealed unsafe class PatchConvolution(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
{
    /// <summary>Output pixels unfolded at a time: 4 to 16 tall register tiles.</summary>
    private static int ChunkPixels(ConvGeometry g) => Math.Clamp(RoundUp(65_536 / Math.Max(1, g.Depth), 12), 48, 192);

    public override int PackedFloats => Geometry.Groups * Geometry.Depth * RoundUp(Geometry.OutChannels / Geometry.Groups, Panel);

    private int Panel => 2 * lanes;

    public override long ScratchFloats(int batch, int threads) => threads * (long)Part.Of(Geometry, Panel).Total + PackedBackward;

    private int PackedBackward => Geometry.Groups * (Geometry.OutChannels / Geometry.Groups) * RoundUp(Geometry.Depth, Panel);

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        ConvGeometry g = Geometry;
        int outs = g.OutChannels / g.Groups, ins = g.InChannels / g.Groups, taps = g.KernelHeight * g.KernelWidth, padded = RoundUp(outs, Panel);
        packed.Clear();
        for (int group = 0; group < g.Groups; group++)
        {
            for (int o = 0; o < outs; o++)
            {
                ReadOnlySpan<float> filter = weights.Slice((group * outs + o) * g.Depth, g.Depth);
                Span<float> panel = packed[(group * g.Depth * padded + o / Panel * Panel * g.Depth + o % Panel)..];
                for (int c = 0; c < ins; c++)
                    for (int t = 0; t < taps; t++) panel[(t * ins + c) * Panel] = filter[c * taps + t];
            }
        }
    }

    public override void Forward(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> packed, Epilogue epilogue, Span<float> y, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* px = x, w = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y, s = scratch)
        {
            var job = new ForwardJob(Geometry, batch, px, w, new PinnedEpilogue(bias, residual, epilogue.Activation), py, s);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardData(int batch, ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, Span<float> scratch, ThreadTeam team)
    {
        PackTransposed(weights, scratch[..PackedBackward]);
        fixed (float* pdy = dy, pdx = dx, s = scratch)
        {
            var job = new BackwardDataJob(Geometry, batch, pdy, s, pdx, s + PackedBackward);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardWeights(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* px = x, pdy = dy, s = scratch)
        {
            var job = new BackwardWeightsJob(Geometry, batch, px, pdy, s);
            team.Run(ref job, lanes);
        }
        Reduce(scratch, dw, team.Threads);
    }

    // Panels of W as [outs, taps · ins]: the product dY · W gives the gradients of patches.
    private void PackTransposed(ReadOnlySpan<float> weights, Span<float> packed)
    {
        ConvGeometry g = Geometry;
        int outs = g.OutChannels / g.Groups, ins = g.InChannels / g.Groups, taps = g.KernelHeight * g.KernelWidth, padded = RoundUp(g.Depth, Panel);
        packed.Clear();
        for (int group = 0; group < g.Groups; group++)
        {
            for (int o = 0; o < outs; o++)
            {
                ReadOnlySpan<float> filter = weights.Slice((group * outs + o) * g.Depth, g.Depth);
                for (int c = 0; c < ins; c++)
                {
                    for (int t = 0; t < taps; t++)
                    {
                        int d = t * ins + c;
                        packed[group * outs * padded + d / Panel * Panel * outs + o * Panel + d % Panel] = filter[c * taps + t];
                    }
                }
            }
        }
    }

    // Sums [groups, outs, taps · ins padded] of the parts in order, back in PyTorch's order.
    private void Reduce(ReadOnlySpan<float> scratch, Span<float> dw, int parts)
    {
        ConvGeometry g = Geometry;
        int ins = g.InChannels / g.Groups, taps = g.KernelHeight * g.KernelWidth, padded = RoundUp(g.Depth, Panel), partFloats = (int)Part.Of(g, Panel).Total;
        for (int o = 0; o < g.OutChannels; o++)
        {
            for (int c = 0; c < ins; c++)
            {
                for (int t = 0; t < taps; t++)
                {
                    float sum = 0;
                    for (int p = 0; p < parts; p++) sum += scratch[p * partFloats + o * padded + t * ins + c];
                    dw[o * g.Depth + c * taps + t] = sum;
                }
            }
        }
    }

    /// <summary>A thread's share of scratch: [weight sums][patches][gradient or output rows].</summary>
    private readonly record struct Part(nint Sums, nint Patches, nint Rows)
    {
        public nint Total => Sums + Patches + Rows;

        public static Part Of(ConvGeometry g, int panel)
        {
            int depth = RoundUp(g.Depth, panel), pixels = ChunkPixels(g), outs = RoundUp(g.OutChannels / g.Groups, panel);
            return new Part(RoundUp(g.OutChannels * depth, 16), RoundUp(pixels * depth, 16), RoundUp(pixels * outs, 16));
        }
    }

    /// <summary>Rows of a patch matrix: output pixels [first, first + count) of the whole batch, one group.</summary>
    private static void Unfold(ConvGeometry g, float* x, int first, int count, int group, float* patches, int stride)
    {
        int ins = g.InChannels / g.Groups, plane = g.OutHeight * g.OutWidth;
        for (int p = 0; p < count; p++, patches += stride)
        {
            (int n, int pixel) = Math.DivRem(first + p, plane);
            (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
            float* image = x + (nint)n * g.InLength + group * ins, to = patches;
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                for (int j = 0; j < g.KernelWidth; j++, to += ins)
                {
                    int ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                    bool inside = (uint)iy < (uint)g.Height && (uint)ix < (uint)g.Width;
                    float* from = image + ((nint)iy * g.Width + ix) * g.InChannels;
                    if (ins == 1) *to = inside ? *from : 0;
                    else if (inside) new ReadOnlySpan<float>(from, ins).CopyTo(new Span<float>(to, ins));
                    else new Span<float>(to, ins).Clear();
                }
            }
            for (int d = g.Depth; d < stride; d++) *to++ = 0;
        }
    }

    private readonly struct ForwardJob(ConvGeometry g, int batch, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outs = g.OutChannels / g.Groups, padded = RoundUp(outs, panel), most = ChunkPixels(g);
            Part share = Part.Of(g, panel);
            float* patches = scratch + part * share.Total + share.Sums, rows = patches + share.Patches;
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight * g.OutWidth, part, parts);
            bool straight = outs == padded; // whole panels: the tile may write to the output itself
            for (int first = start; first < end; first += most)
            {
                int count = Math.Min(most, end - first);
                for (int group = 0; group < g.Groups; group++)
                {
                    float* a = patches;
                    int depth = g.Depth;
                    if (g.IsPointwise) a = x + (nint)first * g.InChannels;
                    else Unfold(g, x, first, count, group, patches, depth);
                    float* to = y + (nint)first * g.OutChannels + group * outs;
                    for (int o = 0; o < padded; o += panel)
                    {
                        float* b = packed + ((nint)group * padded + o) * depth;
                        if (straight) GemmTile.Panel<L>(count, a, depth, 1, b, panel, depth, to + o, g.OutChannels, add: false);
                        else GemmTile.Panel<L>(count, a, depth, 1, b, panel, depth, rows + o, padded, add: false);
                    }
                    Finish<L>(straight ? null : rows, padded, to, count, group * outs, outs, (nint)first * g.OutChannels + group * outs);
                }
            }
        }

        private void Finish<L>(float* rows, int rowStride, float* to, int count, int channel, int outs, nint index) where L : struct, ILanes<L>
        {
            if (rows is null && epilogue.IsNothing) return;
            for (int p = 0; p < count; p++, to += g.OutChannels, index += g.OutChannels)
            {
                if (rows is not null) new ReadOnlySpan<float>(rows + (nint)p * rowStride, outs).CopyTo(new Span<float>(to, outs));
                if (!epilogue.IsNothing) epilogue.Apply<L>(to, channel, outs, index);
            }
        }
    }

    private readonly struct BackwardDataJob(ConvGeometry g, int batch, float* dy, float* packed, float* dx, float* scratch) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outs = g.OutChannels / g.Groups, padded = RoundUp(g.Depth, panel), most = ChunkPixels(g), plane = g.OutHeight * g.OutWidth;
            Part share = Part.Of(g, panel);
            float* patches = scratch + part * share.Total + share.Sums;
            (int start, int end) = ThreadTeam.Range(batch, part, parts);
            new Span<float>(dx + (nint)start * g.InLength, checked((end - start) * g.InLength)).Clear();
            for (int first = start * plane; first < end * plane; first += most)
            {
                int count = Math.Min(most, end * plane - first);
                for (int group = 0; group < g.Groups; group++)
                {
                    float* a = dy + (nint)first * g.OutChannels + group * outs;
                    for (int d = 0; d < padded; d += panel)
                        GemmTile.Panel<L>(count, a, g.OutChannels, 1, packed + ((nint)group * padded + d) * outs, panel, outs, patches + d, padded, add: false);
                    Fold<L>(patches, padded, first, count, group);
                }
            }
        }

        // dX += the gradients of patches: each input pixel is part of several.
        private void Fold<L>(float* patches, int stride, int first, int count, int group) where L : struct, ILanes<L>
        {
            int ins = g.InChannels / g.Groups, plane = g.OutHeight * g.OutWidth;
            for (int p = 0; p < count; p++, patches += stride)
            {
                (int n, int pixel) = Math.DivRem(first + p, plane);
                (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
                float* image = dx + (nint)n * g.InLength + group * ins, from = patches;
                for (int i = 0; i < g.KernelHeight; i++)
                {
                    int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                    for (int j = 0; j < g.KernelWidth; j++, from += ins)
                    {
                        int ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                        if ((uint)iy >= (uint)g.Height || (uint)ix >= (uint)g.Width) continue;
                        float* to = image + ((nint)iy * g.Width + ix) * g.InChannels;
                        int c = 0;
                        for (; c + L.Count <= ins; c += L.Count) (L.Load(to + c) + L.Load(from + c)).Store(to + c);
                        for (; c < ins; c++) to[c] += from[c];
                    }
                }
            }
        }
    }

    private readonly struct BackwardWeightsJob(ConvGeometry g, int batch, float* x, float* dy, float* scratch) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outs = g.OutChannels / g.Groups, padded = RoundUp(g.Depth, panel), most = ChunkPixels(g);
            Part share = Part.Of(g, panel);
            float* sums = scratch + part * share.Total, patches = sums + share.Sums;
            new Span<float>(sums, checked(g.OutChannels * padded)).Clear();
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight * g.OutWidth, part, parts);
            for (int first = start; first < end; first += most)
            {
                int count = Math.Min(most, end - first);
                for (int group = 0; group < g.Groups; group++)
                {
                    bool straight = g.IsPointwise && g.Depth == padded;
                    float* b = straight ? x + (nint)first * g.InChannels : patches;
                    if (!straight) Unfold(g, x, first, count, group, patches, padded);
                    float* a = dy + (nint)first * g.OutChannels + group * outs;
                    for (int d = 0; d < padded; d += panel)
                        GemmTile.Panel<L>(outs, a, 1, g.OutChannels, b + d, straight ? g.InChannels : padded, count, sums + (nint)group * outs * padded + d, padded, add: true);
                }
            }
        }
    }
}
