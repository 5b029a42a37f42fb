using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// A 1x1 convolution at stride 1, which a linear layer is too, as the plain matrix products Y = X Wᵀ, dX = dY W and dW = dYᵀ X over all
/// pixels of the batch.
/// </summary>
/// <remarks>
/// The threads split the pixels or, where a batch has fewer pixels than outputs (a linear layer), the panels of outputs, so that each
/// reads its own weights only. The weight gradient splits the outputs or, if there are more of them, the inputs: every sum is made by one
/// thread, over pixels in order, and is the same for any number of threads.
/// </remarks>
internal sealed unsafe class PointwiseConvolution(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
{
    public override int PackedFloats => PanelPacking.Floats(1, Geometry.OutChannels, Geometry.InChannels, Panel, transposed: false);

    private int Panel => 2 * lanes;

    private int TransposedFloats => RoundUp(PanelPacking.Floats(1, Geometry.OutChannels, Geometry.InChannels, Panel, transposed: true), 16);

    public override long ScratchFloats(int batch, int threads)
    {
        return Math.Max(TransposedFloats, threads * GradientProductJob.PartFloats(Panel));
    }

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        fixed (float* w = weights, u = packed)
        {
            var job = new PanelPacking(w, 1, Geometry.OutChannels, Geometry.InChannels, 1, u, transposed: false);
            team.Run(ref job, lanes);
        }
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
        fixed (float* px = x, u = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y)
        {
            var job = new ProductJob(
                Pixels(batch),
                Geometry.InChannels,
                Geometry.OutChannels,
                px,
                u,
                new PinnedEpilogue(bias, residual, epilogue.Activation),
                py
            );
            team.Run(ref job, lanes);
        }
    }

    public override long StripScratchFloats => 0;

    public override void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch)
    {
        ConvGeometry g = Geometry;
        nint before = (nint)first * g.Width;
        var job = new ProductJob(
            (end - first) * g.Width,
            g.InChannels,
            g.OutChannels,
            x + before * g.InChannels,
            packed,
            epilogue.From(before * g.OutChannels),
            y + before * g.OutChannels
        );
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
        fixed (float* pdy = dy, w = weights, pdx = dx, s = scratch)
        {
            var pack = new PanelPacking(w, 1, Geometry.OutChannels, Geometry.InChannels, 1, s, transposed: true);
            team.Run(ref pack, lanes);
            var job = new ProductJob(Pixels(batch), Geometry.OutChannels, Geometry.InChannels, pdy, s, default, pdx);
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
            var job = new GradientProductJob(Pixels(batch), Geometry.OutChannels, Geometry.InChannels, px, pdy, pdw, s);
            team.Run(ref job, lanes);
        }
    }

    public override string ToString() => "product";

    private int Pixels(int batch) => batch * Geometry.Height * Geometry.Width;

    // Weights that stay in L2 together with what streams through.
    private static bool StaysInCache(int depth, int columns) => depth * columns <= 131_072;

    // Rows of A that stay in L2 while all panels of B pass by; where B itself stays there, so few that A stays in L1 and what is written
    // and added to them in L2: outputs leave in whole rows.
    private static int ChunkRows(int depth, int columns)
    {
        int rows = Math.Clamp(RoundUp(131_072 / depth, 12), 48, 192);
        return StaysInCache(depth, columns) ? Math.Clamp(RoundUp(36_864 / (depth + columns), 12), 48, rows) : rows;
    }

    /// <summary>C [rows, columns] = A [rows, depth] · B, then the epilogue.</summary>
    private readonly struct ProductJob(int rows, int depth, int columns, float* a, float* packed, PinnedEpilogue epilogue, float* c)
        : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), panels = (columns + panel - 1) / panel;
            bool byPanel = columns > rows && panels >= parts, still = StaysInCache(depth, columns);
            (int startRow, int endRow) = byPanel ? (0, rows) : ThreadTeam.Range(rows, part, parts);
            (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            int most = ChunkRows(depth, columns), chunks = (endRow - startRow + most - 1) / most;
            if (chunks > 0) most = Math.Min(most, RoundUp((endRow - startRow + chunks - 1) / chunks, L.TileRows));
            Upcoming upcoming = default;
            for (int row = startRow; row < endRow; row += most)
            {
                int count = Math.Min(most, endRow - row), next = row + count, nextCount = Math.Min(most, endRow - next);
                if (still) Announce(ref upcoming, next, nextCount);
                for (int p = startPanel; p < endPanel; p++)
                {
                    int first = p * panel, width = Math.Min(panel, columns - first);
                    nint index = (nint)row * columns + first;
                    float* b = packed + (nint)first * depth;
                    if (!still && chunks <= 2)
                    {
                        upcoming.Clear();
                        upcoming.Add(b + (nint)panel * depth, p + 1 < endPanel ? (nint)panel * depth : 0);
                    }
                    var left = TileInput.Portions(a + (nint)row * depth, depth, depth) with { Upcoming = &upcoming };
                    epilogue.Product<L>(count, width, left, b, first, c + index, columns, c);
                }
            }
        }

        // What the next chunk reads and writes.
        private void Announce(ref Upcoming upcoming, int row, int count)
        {
            nint index = (nint)row * columns, outputs = (nint)count * columns;
            upcoming.Clear();
            upcoming.Add(a + (nint)row * depth, (nint)count * depth);
            upcoming.Add(c + index, outputs);
            if (epilogue.Residual is not null) upcoming.Add(epilogue.Residual + index, outputs);
        }
    }
}
