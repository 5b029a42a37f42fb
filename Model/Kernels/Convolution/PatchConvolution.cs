using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Convolution of any kernel, stride, padding, dilation and grouping as a matrix product: of the image where it lies where that suits
/// (<see cref="ImplicitProductJob"/>, <see cref="ImplicitWeightJob"/>), else of unfolded patches ("im2col", Chellapilla et al. 2006), a few
/// rows of outputs at a time so that the patches stay in L2.
/// </summary>
/// <remarks>
/// Patches are [pixels, taps · channels] in the order (tap row, tap column, channel), which copies whole runs of channels, or for a single
/// channel's weight gradient [taps, pixels], which copies whole runs of pixels; weights are packed in the same order in panels of two
/// vectors of outputs. Threads split the output pixels of all images; in the data gradient, where patches overlap, the images; in the
/// weight gradient of patches the pixels, with sums per thread that are added in thread order.
/// </remarks>
internal sealed unsafe class PatchConvolution(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
{
    /// <summary>Output pixels unfolded at a time: 8 to 16 tall register tiles.</summary>
    private static int ChunkPixels(ConvGeometry g) => Math.Clamp(RoundUp(131_072 / Math.Max(1, g.Depth), 12), 96, 192);

    public override int PackedFloats =>
        PanelPacking.Floats(Geometry.Groups, Geometry.OutChannels / Geometry.Groups, Geometry.Depth, Panel, transposed: false);

    private int Panel => 2 * lanes;

    public override long ScratchFloats(int batch, int threads)
    {
        long unfolded = UnfoldsAll(Geometry)
            ? threads * GradientProductJob.PartFloats(Panel) + (long)GradientProductJob.MostPixels * Geometry.Depth
            : 0;
        return Math.Max(
            Math.Max(threads * Math.Max(Part.Create(Geometry, Panel).Total, StripScratchFloats) + PackedBackward, Geometry.WeightLength),
            unfolded
        );
    }

    // Floats of a panel at 512 bits.
    private const int WidestPanel = 32;

    private int PackedBackward =>
        RoundUp(PanelPacking.Floats(Geometry.Groups, Geometry.OutChannels / Geometry.Groups, Geometry.Depth, Panel, transposed: true), 16);

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        fixed (float* w = weights, u = packed) Pack(w, u, team, transposed: false);
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
        fixed (float* px = x, w = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y, s = scratch)
        {
            var fused = new PinnedEpilogue(bias, residual, epilogue.Activation);
            var direct = new ImplicitProductJob(Geometry, 0, batch * Geometry.OutHeight, px, w, fused, py, s);
            var unfolded = new ForwardJob(Geometry, 0, batch * Geometry.OutHeight * Geometry.OutWidth, px, w, fused, py, s);
            if (ImplicitProductJob.Suits(Geometry)) team.Run(ref direct, lanes);
            else team.Run(ref unfolded, lanes);
        }
    }

    public override long StripScratchFloats =>
        ImplicitProductJob.Suits(Geometry) ? ImplicitProductJob.PartFloats(Geometry) : Part.Create(Geometry, Panel).Total;

    public override void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch)
    {
        var direct = new ImplicitProductJob(Geometry, first, end - first, x, packed, epilogue, y, scratch);
        var unfolded = new ForwardJob(
            Geometry,
            first * Geometry.OutWidth,
            (end - first) * Geometry.OutWidth,
            x,
            packed,
            epilogue,
            y,
            scratch
        );
        if (ImplicitProductJob.Suits(Geometry)) Lanes.RunHere(ref direct, lanes);
        else Lanes.RunHere(ref unfolded, lanes);
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
        fixed (float* pdy = dy, w = weights, pdx = dx, s = scratch)
        {
            Pack(w, s, team, transposed: true);
            var job = new BackwardDataJob(Geometry, batch, pdy, s, pdx, s + PackedBackward);
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
        fixed (float* px = x, pdy = dy, pdw = dw, s = scratch)
        {
            if (UnfoldsAll(Geometry))
            {
                UnfoldedWeights(batch * Geometry.OutHeight * Geometry.OutWidth, px, pdy, pdw, s, team);
                return;
            }
            if (ImplicitWeightJob.Suits(Geometry))
            {
                var direct = new ImplicitWeightJob(Geometry, batch, px, pdy, s);
                team.Run(ref direct, lanes);
                var transpose = new ImplicitWeightJob.TransposeJob(Geometry, s, pdw);
                team.Run(ref transpose);
                return;
            }
            var sum = new BackwardWeightsJob(Geometry, batch, px, pdy, s);
            team.Run(ref sum, lanes);
            var reduce = new ReduceJob(Geometry, s, pdw, team.Threads);
            team.Run(ref reduce, lanes);
        }
    }

    public override string ToString() => "patches";

    // Planes so small that runs of pixels are shorter than a loop is worth, and pixels that lie apart: unfolded, they are a plain product.
    private static bool UnfoldsAll(ConvGeometry g)
        => ImplicitWeightJob.Suits(g) && (g.OutWidth < 6 || g is { KernelHeight: 1, KernelWidth: 1 });

    private void UnfoldedWeights(int pixels, float* x, float* dy, float* dw, float* scratch, ThreadTeam team)
    {
        ConvGeometry g = Geometry;
        float* patches = scratch + team.Threads * GradientProductJob.PartFloats(Panel);
        for (int first = 0; first < pixels; first += GradientProductJob.MostPixels)
        {
            int count = Math.Min(GradientProductJob.MostPixels, pixels - first);
            var unfold = new UnfoldJob(g, first, count, x, patches);
            team.Run(ref unfold);
            var product = new GradientProductJob(
                count,
                g.OutChannels,
                g.Depth,
                patches,
                dy + (nint)first * g.OutChannels,
                dw,
                scratch,
                add: first > 0
            );
            team.Run(ref product, lanes);
        }
    }

    private void Pack(float* weights, float* packed, ThreadTeam team, bool transposed)
    {
        ConvGeometry g = Geometry;
        var job = new PanelPacking(
            weights,
            g.Groups,
            g.OutChannels / g.Groups,
            g.InChannels / g.Groups,
            g.KernelHeight * g.KernelWidth,
            packed,
            transposed
        );
        team.Run(ref job, lanes);
    }

    private static bool ByTap(ConvGeometry g) => g is { InChannels: 1, StrideX: 1, StrideY: 1 };

    /// <summary>A thread's share of scratch: [weight sums][patches].</summary>
    private readonly record struct Part(nint Sums, nint Patches)
    {
        public nint Total => Sums + Patches;

        public static Part Create(ConvGeometry g, int panel)
        {
            int depth = RoundUp(g.Depth, panel);
            return new Part(ImplicitWeightJob.Suits(g) ? 0 : RoundUp(g.OutChannels * depth, 16), RoundUp(ChunkPixels(g) * depth, 16));
        }
    }

    /// <summary>Output pixels from a first one on, those of all images counted through.</summary>
    private readonly struct ForwardJob(
        ConvGeometry g,
        int firstPixel,
        int pixels,
        float* x,
        float* packed,
        PinnedEpilogue epilogue,
        float* y,
        float* scratch
    ) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outs = g.OutChannels / g.Groups, padded = RoundUp(outs, panel), most = ChunkPixels(g);
            Part share = Part.Create(g, panel);
            float* patches = scratch + part * share.Total + share.Sums;
            (int start, int end) = ThreadTeam.Range(pixels, part, parts);
            (start, end) = (firstPixel + start, firstPixel + end);
            int depth = g.Depth;
            for (int first = start; first < end; first += most)
            {
                int count = Math.Min(most, end - first);
                for (int group = 0; group < g.Groups; group++)
                {
                    Patches.ByPixel(g, x, first, count, group, patches, depth);
                    float* to = y + (nint)first * g.OutChannels + group * outs;
                    for (int o = 0; o < padded; o += panel)
                    {
                        float* b = packed + ((nint)group * padded + o) * depth;
                        var from = new TileInput(patches, depth, 1, depth);
                        epilogue.Product<L>(count, Math.Min(panel, outs - o), from, b, group * outs + o, to + o, g.OutChannels, y);
                    }
                }
            }
        }
    }

    /// <summary>Patches in PyTorch's order of weights, (channel, tap).</summary>
    private readonly struct UnfoldJob(ConvGeometry g, int first, int count, float* x, float* patches) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int start, int end) = ThreadTeam.Range(count, part, parts);
            Patches.ByChannel(g, x, first + start, end - start, patches + (nint)start * g.Depth);
        }
    }

    /// <summary>
    /// dX from products with the weights of one tap after the other, where those are whole panels, else of all of them: what is between
    /// stays in L2.
    /// </summary>
    private readonly struct BackwardDataJob(ConvGeometry g, int batch, float* dy, float* packed, float* dx, float* scratch) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), plane = g.OutHeight * g.OutWidth, most = ChunkPixels(g);
            float* patches = scratch + part * Part.Create(g, panel).Total + Part.Create(g, panel).Sums;
            (int start, int end) = ThreadTeam.Range(batch, part, parts);
            new Span<float>(dx + (nint)start * g.InLength, checked((end - start) * g.InLength)).Clear();
            // Whole images or equal parts of one: sums are made in an order that does not depend on the threads.
            int images = Math.Max(1, most / plane), pieces = (plane + most - 1) / most;
            for (int n = start; n < end; n += images)
            {
                int pixels = Math.Min(images, end - n) * plane;
                for (int piece = 0; piece < pieces; piece++)
                {
                    (int from, int to) = ThreadTeam.Range(pixels, piece, pieces);
                    for (int group = 0; group < g.Groups; group++) Chunk<L>(n * plane + from, to - from, group, patches);
                }
            }
        }

        private void Chunk<L>(int first, int count, int group, float* patches) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(),
                outs = g.OutChannels / g.Groups,
                ins = g.InChannels / g.Groups,
                padded = RoundUp(g.Depth, panel);
            bool byTap = ins % WidestPanel == 0; // at any width, or the order of sums would depend on it
            int width = byTap ? ins : padded, taps = byTap ? 1 : g.KernelHeight * g.KernelWidth;
            var from = new TileInput(dy + (nint)first * g.OutChannels + group * outs, g.OutChannels, 1, outs);
            for (int d = 0, tap = 0; d < padded; d += width, tap += taps)
            {
                for (int c = 0; c < width; c += panel)
                    GemmTile.Panel<L>(
                        count,
                        panel,
                        from,
                        packed + ((nint)group * padded + d + c) * outs,
                        panel,
                        patches + c,
                        width,
                        add: false
                    );
                Fold<L>(patches, width, first, count, group, tap, tap + taps);
            }
        }

        // dX += the gradients of patches: each input pixel is part of several.
        private void Fold<L>(float* patches, int stride, int first, int count, int group, int firstTap, int endTap)
            where L : struct, ILanes<L>
        {
            int ins = g.InChannels / g.Groups, plane = g.OutHeight * g.OutWidth;
            for (int p = 0; p < count; p++, patches += stride)
            {
                (int n, int pixel) = Math.DivRem(first + p, plane);
                (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
                float* image = dx + (nint)n * g.InLength + group * ins, from = patches;
                for (int tap = firstTap; tap < endTap; tap++, from += ins)
                {
                    (int i, int j) = Math.DivRem(tap, g.KernelWidth);
                    int iy = oy * g.StrideY - g.PadY + i * g.DilationY, ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                    if ((uint)iy >= (uint)g.Height || (uint)ix >= (uint)g.Width) continue;
                    float* to = image + ((nint)iy * g.Width + ix) * g.InChannels;
                    int c = 0;
                    for (; c + L.Count <= ins; c += L.Count) (L.Load(to + c) + L.Load(from + c)).Store(to + c);
                    for (; c < ins; c++) to[c] += from[c];
                }
            }
        }
    }

    /// <summary>
    /// A part's sums of dW: [groups, depth, outs] if dY can be read in whole panels as it lies, else [groups, outs, depth padded].
    /// </summary>
    private readonly struct BackwardWeightsJob(ConvGeometry g, int batch, float* x, float* dy, float* scratch) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outs = g.OutChannels / g.Groups, padded = RoundUp(g.Depth, panel), most = ChunkPixels(g);
            bool wholePanels = outs % panel == 0, byTap = wholePanels && ByTap(g);
            Part share = Part.Create(g, panel);
            float* sums = scratch + part * share.Total, patches = sums + share.Sums;
            new Span<float>(sums, checked(g.OutChannels * padded)).Clear();
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight * g.OutWidth, part, parts);
            for (int first = start; first < end; first += most)
            {
                int count = Math.Min(most, end - first);
                for (int group = 0; group < g.Groups; group++)
                {
                    if (byTap) Patches.ByTap(g, x, first, count, patches, most);
                    else Patches.ByPixel(g, x, first, count, group, patches, padded);
                    float* gradient = dy + (nint)first * g.OutChannels + group * outs;
                    for (int o = 0; wholePanels && o < outs; o += panel)
                    {
                        GemmTile.Panel<L>(g.Depth, patches, byTap ? most : 1, byTap ? 1 : padded, gradient + o, g.OutChannels, count,
                            sums + (nint)group * g.Depth * outs + o, outs, add: true);
                    }
                    for (int d = 0; !wholePanels && d < padded; d += panel)
                        GemmTile.Panel<L>(
                            outs,
                            gradient,
                            1,
                            g.OutChannels,
                            patches + d,
                            padded,
                            count,
                            sums + (nint)group * outs * padded + d,
                            padded,
                            add: true
                        );
                }
            }
        }
    }

    /// <summary>Adds the parts' sums in order and brings them back into PyTorch's order.</summary>
    private readonly struct ReduceJob(ConvGeometry g, float* scratch, float* dw, int sums) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(),
                outs = g.OutChannels / g.Groups,
                ins = g.InChannels / g.Groups,
                taps = g.KernelHeight * g.KernelWidth;
            bool wholePanels = outs % panel == 0;
            nint outStride = wholePanels ? 1 : RoundUp(g.Depth, panel),
                depthStride = wholePanels ? outs : 1,
                partFloats = Part.Create(g, panel).Total;
            (int start, int end) = ThreadTeam.Range(g.OutChannels, part, parts);
            for (int o = start; o < end; o++)
            {
                float* from = scratch + (wholePanels ? (nint)(o / outs) * g.Depth * outs + o % outs : o * outStride);
                for (int d = 0; d < g.Depth; d++)
                {
                    float sum = 0;
                    for (int s = 0; s < sums; s++) sum += from[s * partFloats + d * depthStride];
                    dw[(nint)o * g.Depth + d % ins * taps + d / ins] = sum;
                }
            }
        }
    }
}
