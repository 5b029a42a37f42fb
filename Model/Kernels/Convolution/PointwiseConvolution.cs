using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// A 1x1 convolution at stride 1, which a linear layer is too, as the plain matrix products Y = X Wᵀ, dX = dY W and dW = dYᵀ X over all
/// pixels of the batch.
/// </summary>
/// <remarks>
/// The threads split the pixels or, where a batch has fewer pixels than outputs (a linear layer), the panels of outputs, so that each
/// reads its own weights only. The weight gradient splits the outputs: every sum is made by one thread, over pixels in order, and is the
/// same for any number of threads.
/// </remarks>
internal sealed unsafe class PointwiseConvolution(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
{
    public override int PackedFloats => PanelPacking.Floats(1, Geometry.OutChannels, Geometry.InChannels, Panel, transposed: false);

    private int Panel => 2 * lanes;

    private int TransposedFloats => RoundUp(PanelPacking.Floats(1, Geometry.OutChannels, Geometry.InChannels, Panel, transposed: true), 16);

    public override long ScratchFloats(int batch, int threads)
    {
        return Math.Max(TransposedFloats, threads * WeightJob.PartFloats(Geometry, Panel));
    }

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        fixed (float* w = weights, u = packed)
        {
            var job = new PanelPacking(w, 1, Geometry.OutChannels, Geometry.InChannels, 1, u, transposed: false);
            team.Run(ref job, lanes);
        }
    }

    public override void Forward(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> packed, Epilogue epilogue, Span<float> y, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* px = x, u = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y)
        {
            var job = new ProductJob(Pixels(batch), Geometry.InChannels, Geometry.OutChannels, px, u, new PinnedEpilogue(bias, residual, epilogue.Activation), py);
            team.Run(ref job, lanes);
        }
    }

    public override long StripScratchFloats => 0;

    public override void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch)
    {
        ConvGeometry g = Geometry;
        nint before = (nint)first * g.Width;
        var job = new ProductJob((end - first) * g.Width, g.InChannels, g.OutChannels, x + before * g.InChannels, packed, epilogue.From(before * g.OutChannels), y + before * g.OutChannels);
        Lanes.RunHere(ref job, lanes);
    }

    public override void BackwardData(int batch, ReadOnlySpan<float> dy, ReadOnlySpan<float> weights, Span<float> dx, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* pdy = dy, w = weights, pdx = dx, s = scratch)
        {
            var pack = new PanelPacking(w, 1, Geometry.OutChannels, Geometry.InChannels, 1, s, transposed: true);
            team.Run(ref pack, lanes);
            var job = new ProductJob(Pixels(batch), Geometry.OutChannels, Geometry.InChannels, pdy, s, default, pdx);
            team.Run(ref job, lanes);
        }
    }

    public override void BackwardWeights(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dw, Span<float> scratch, ThreadTeam team)
    {
        fixed (float* px = x, pdy = dy, pdw = dw, s = scratch)
        {
            var job = new WeightJob(Geometry, Pixels(batch), px, pdy, pdw, s);
            team.Run(ref job, lanes);
        }
    }

    public override string ToString() => "product";

    private int Pixels(int batch) => batch * Geometry.Height * Geometry.Width;

    // Rows of A that stay in L2 while all panels of B pass by.
    private static int ChunkRows(int depth) => Math.Clamp(RoundUp(131_072 / depth, 12), 48, 192);

    // Where B itself stays in L2, so few rows that A stays in L1 and what is written and added to them in L2: outputs leave in whole rows.
    private static int ChunkRows(int depth, int columns)
        => depth * columns > 131_072 ? ChunkRows(depth) : Math.Clamp(RoundUp(36_864 / (depth + columns), 12), 48, ChunkRows(depth));

    /// <summary>C [rows, columns] = A [rows, depth] · B, then the epilogue.</summary>
    private readonly struct ProductJob(int rows, int depth, int columns, float* a, float* packed, PinnedEpilogue epilogue, float* c) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), panels = (columns + panel - 1) / panel, most = ChunkRows(depth, columns);
            bool byPanel = columns > rows && panels >= parts;
            (int startRow, int endRow) = byPanel ? (0, rows) : ThreadTeam.Range(rows, part, parts);
            (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            for (int row = startRow; row < endRow; row += most)
            {
                int count = Math.Min(most, endRow - row);
                for (int p = startPanel; p < endPanel; p++)
                {
                    int first = p * panel, width = Math.Min(panel, columns - first);
                    nint index = (nint)row * columns + first;
                    var from = new TileInput(a + (nint)row * depth, depth, 1, depth);
                    float* b = packed + (nint)first * depth;
                    epilogue.Product<L>(count, width, from, b, first, c + index, columns, c);
                }
            }
        }
    }

    /// <summary>dW [Out, In] = dYᵀ [Out, pixels] · X [pixels, In]: whole panels of X and dW where they lie, a last narrower one by way of copies.</summary>
    private readonly struct WeightJob(ConvGeometry g, int pixels, float* x, float* dy, float* dw, float* scratch) : ILaneJob
    {
        /// <summary>The last panel of X, a chunk of pixels long, and of dW.</summary>
        public static long PartFloats(ConvGeometry g, int panel) => (long)(ChunkRows(g.OutChannels) + g.OutChannels) * panel;

        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), ins = g.InChannels, outs = g.OutChannels, most = ChunkRows(outs), whole = ins / panel * panel, rest = ins - whole;
            (int start, int end) = ThreadTeam.Range(outs, part, parts);
            float* from = scratch + part * (nint)PartFloats(g, panel), to = from + (nint)most * panel;
            if (rest > 0) new Span<float>(from, most * panel).Clear();
            for (int first = 0; first < pixels; first += most)
            {
                int count = Math.Min(most, pixels - first);
                float* a = dy + (nint)first * outs + start, b = x + (nint)first * ins;
                for (int c = 0; c < whole; c += panel)
                    GemmTile.Panel<L>(end - start, a, 1, outs, b + c, ins, count, dw + (nint)start * ins + c, ins, add: first > 0);
                if (rest == 0) continue;
                for (int r = 0; r < count; r++) new ReadOnlySpan<float>(b + (nint)r * ins + whole, rest).CopyTo(new Span<float>(from + (nint)r * panel, rest));
                GemmTile.Panel<L>(end - start, a, 1, outs, from, panel, count, to, panel, add: first > 0);
            }
            for (int o = start; o < end && rest > 0; o++)
                new ReadOnlySpan<float>(to + (nint)(o - start) * panel, rest).CopyTo(new Span<float>(dw + (nint)o * ins + whole, rest));
        }
    }
}
