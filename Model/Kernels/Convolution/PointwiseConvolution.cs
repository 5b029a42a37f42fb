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
        return Math.Max(TransposedFloats, threads * WeightJob.PartFloats(Panel));
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
    private readonly struct ProductJob(int rows, int depth, int columns, float* a, float* packed, PinnedEpilogue epilogue, float* c) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), panels = (columns + panel - 1) / panel, most = ChunkRows(depth, columns);
            bool byPanel = columns > rows && panels >= parts, still = StaysInCache(depth, columns);
            (int startRow, int endRow) = byPanel ? (0, rows) : ThreadTeam.Range(rows, part, parts);
            (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
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
                    var left = new TileInput(a + (nint)row * depth, depth, 1, depth) { Upcoming = &upcoming };
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

    /// <summary>dW [Out, In] = dYᵀ [Out, pixels] · X [pixels, In], a chunk of pixels at a time.</summary>
    /// <remarks>A panel of X is copied, so that it lies in L1 whatever its distance from row to row; a block of dY stays in L2 while all panels of X
    /// pass by. Where the next chunk fits in as well, it is asked for meanwhile.</remarks>
    private readonly struct WeightJob(ConvGeometry g, int pixels, float* x, float* dy, float* dw, float* scratch) : ILaneJob
    {
        private const int MostPixels = 288, MostRows = 336, CacheFloats = 98_304;

        /// <summary>A panel of X, a chunk of pixels long.</summary>
        public static long PartFloats(int panel) => MostPixels * (long)panel;

        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), panels = (g.InChannels + panel - 1) / panel;
            bool byPanel = g.InChannels >= g.OutChannels && panels % parts == 0;
            (int start, int end) = byPanel ? (0, g.OutChannels) : ThreadTeam.Range(g.OutChannels, part, parts);
            (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            int startColumn = startPanel * panel, endColumn = Math.Min(g.InChannels, endPanel * panel), columns = endColumn - startColumn;
            int chunk = Even(pixels, MostPixels), block = Even(end - start, MostRows), tiles = (block + L.TileRows - 1) / L.TileRows;
            bool fits = chunk * (end - start + columns) <= CacheFloats;
            float* copy = scratch + part * (nint)PartFloats(panel);
            for (int first = 0; first < pixels; first += chunk)
            {
                int count = Math.Min(chunk, pixels - first), next = first + count, nextCount = fits ? Math.Min(chunk, pixels - next) : 0;
                for (int row = start; row < end; row += block)
                {
                    int rows = Math.Min(block, end - row);
                    for (int c = startColumn; c < endColumn; c += panel)
                    {
                        int width = Math.Min(panel, g.InChannels - c);
                        Copy<L>(x + (nint)first * g.InChannels + c, g.InChannels, count, width, copy);
                        for (int t = 0; t < tiles; t++)
                        {
                            (int top, int bottom) = ThreadTeam.Range(rows, t, tiles);
                            (int from, int to) = ThreadTeam.Range(nextCount, (c - startColumn) / panel * tiles + t, (endPanel - startPanel) * tiles);
                            Prefetch.Rows(dy + (nint)(next + from) * g.OutChannels + start, g.OutChannels, to - from, end - start);
                            Prefetch.Rows(x + (nint)(next + from) * g.InChannels + startColumn, g.InChannels, to - from, columns);
                            var left = new TileInput(dy + (nint)first * g.OutChannels + row + top, 1, g.OutChannels, count);
                            GemmTile.Panel<L>(bottom - top, width, left, copy, panel, dw + (nint)(row + top) * g.InChannels + c, g.InChannels, add: first > 0);
                        }
                    }
                }
            }
        }

        // The largest equal parts that hold at most so many.
        private static int Even(int items, int most)
        {
            int parts = Math.Max(1, (items + most - 1) / most);
            return Math.Max(1, (items + parts - 1) / parts);
        }

        // Rows of two vectors or, in the last panel, of what is left; the panel after it is asked for.
        private static void Copy<L>(float* from, int stride, int pixels, int width, float* to) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>();
            if (width < panel)
            {
                for (int k = 0; k < pixels; k++, from += stride, to += panel) new ReadOnlySpan<float>(from, width).CopyTo(new Span<float>(to, width));
                return;
            }
            for (int k = 0; k < pixels; k++, from += stride, to += panel)
            {
                L.Load(from).Store(to);
                L.Load(from + L.Count).Store(to + L.Count);
                Cache.PrefetchFar(from + panel);
                if (panel > Upcoming.Line) Cache.PrefetchFar(from + panel + Upcoming.Line);
            }
        }
    }
}
