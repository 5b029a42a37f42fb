using EmotionMLNet.Kernels.Gemm;
using static EmotionMLNet.Kernels.Convolution.WinogradTransforms;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Dense 3x3 convolution at stride 1 by Winograd's F(m x m, 3x3), forward and both derivatives: at m = 4 a quarter of the multiplications.
/// </summary>
/// <remarks>
/// Tiles are taken <see cref="ChunkTiles"/> at a time, so that the transformed planes of a chunk stay in L2: transform the inputs to V
/// [points, tiles, In], multiply each point with U [points, In, Out] (packed in panels of two vectors of outputs), transform back. The
/// register tile broadcasts straight from V, which is never packed. dX is the same algorithm with the filters turned by 180° and In and Out
/// exchanged. dW is the adjoint: dU[k] = Σ V[k]ᵀ D[k] over tiles, with D = A dY Aᵀ, summed per thread over a fixed range of tiles and then
/// over threads in order, so that equal settings give equal bits. Threads split the tiles of all images together or, where there are too
/// few to fill a register tile each (deep layers at batch 1), the panels of outputs.
/// </remarks>
internal sealed unsafe class WinogradConvolution<TTile>(ConvGeometry geometry, int lanes) : ConvolutionKernel(geometry)
    where TTile : struct, IWinogradTile
{
    /// <summary>Four tall register tiles; beyond, V and M leave L2, below, U is streamed too often.</summary>
    private const int ChunkTiles = 48;

    /// <summary>Filters that stay in L2, at most half of it.</summary>
    private const int StillFloats = 131_072;

    /// <summary>Filters that come from memory: threads that split them read each of them once.</summary>
    private const int StreamedFloats = 2 << 20;

    private readonly ConvGeometry backward = geometry with
    {
        Height = geometry.OutHeight,
        Width = geometry.OutWidth,
        InChannels = geometry.OutChannels,
        OutChannels = geometry.InChannels,
        PadY = 2 - geometry.PadY,
        PadX = 2 - geometry.PadX,
    };

    // The weight gradient of a small plane, where sums for every transformed point are more work than they save.
    private readonly PatchConvolution? unfolded = WinogradTiling.GradientStarves(geometry) ? new PatchConvolution(geometry, lanes) : null;

    public override int PackedFloats => PackedLength(Geometry);

    private static int Points => TTile.In * TTile.In;

    private int Panel => 2 * lanes;

    public override long ScratchFloats(int batch, int threads) =>
        Math.Max(
            unfolded?.ScratchFloats(batch, threads) ?? threads * (long)WeightSumJob.PartFloats(Geometry, Panel),
            Math.Max(
                threads * (long)ForwardJob.PartFloats(Geometry, Panel),
                PackedLength(backward) + threads * (long)ForwardJob.PartFloats(backward, Panel)
            )
        );

    public override void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team)
    {
        fixed (float* w = weights, u = packed)
        {
            var job = new PackJob(Geometry, w, u, transposed: false);
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
        fixed (float* px = x, u = packed, bias = epilogue.Bias, residual = epilogue.Residual, py = y, s = scratch)
        {
            var job = new ForwardJob(
                Geometry,
                0,
                batch * new Tiles(Geometry).PerImage,
                px,
                u,
                new PinnedEpilogue(bias, residual, epilogue.Activation),
                py,
                s
            );
            team.Run(ref job, lanes);
        }
    }

    public override int RowStep => TTile.Out;

    public override long StripScratchFloats => ForwardJob.PartFloats(Geometry, Panel);

    public override void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch)
    {
        int columns = new Tiles(Geometry).Columns, row = first / TTile.Out, rows = (end - first + TTile.Out - 1) / TTile.Out;
        var job = new ForwardJob(Geometry, row * columns, rows * columns, x, packed, epilogue, y, scratch);
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
            var pack = new PackJob(backward, w, s, transposed: true);
            team.Run(ref pack, lanes);
            var job = new ForwardJob(backward, 0, batch * new Tiles(backward).PerImage, pdy, s, default, pdx, s + PackedLength(backward));
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
        if (unfolded is not null)
        {
            unfolded.BackwardWeights(batch, x, dy, dw, scratch, team);
            return;
        }
        fixed (float* px = x, pdy = dy, pdw = dw, s = scratch)
        {
            var sum = new WeightSumJob(Geometry, batch, px, pdy, s);
            team.Run(ref sum, lanes);
            var reduce = new WeightReduceJob(Geometry, s, pdw, team.Threads);
            team.Run(ref reduce, lanes);
        }
    }

    public override string ToString() => $"Winograd F({TTile.Out}x{TTile.Out}, 3x3)";

    private int PackedLength(ConvGeometry g) => Points * g.InChannels * RoundUp(g.OutChannels, Panel);

    // As many tiles as make the streams of V and D as large as the running sums that they are multiplied into.
    private static int GradientTiles(ConvGeometry g)
        => Math.Max(ChunkTiles, RoundUp(g.InChannels * g.OutChannels / (g.InChannels + g.OutChannels), 4));

    private static int ChunkOf(int tiles, int most)
    {
        int chunks = (tiles + most - 1) / most;
        return chunks == 0 ? 0 : (tiles + chunks - 1) / chunks;
    }

    // From one transformed plane to the next: an odd number of cache lines, or the points of a tile would share one or two sets of L1.
    private static nint PlaneStride(int tiles, int channels) => (RoundUp(tiles * channels, 16) / 16 | 1) * 16;

    /// <summary>U = G w Gᵀ in panels: point k, panel p, input c, output j at ((k · panels + p) · In + c) · 2L + j.</summary>
    private readonly struct PackJob(ConvGeometry g, float* weights, float* packed, bool transposed) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), panels = RoundUp(g.OutChannels, panel) / panel;
            (int start, int end) = ThreadTeam.Range(panels * g.InChannels, part, parts);
            nint inStride = transposed ? 9 * (nint)g.OutChannels : 9, outStride = transposed ? 9 : 9 * (nint)g.InChannels;
            nint pointStride = (nint)panels * g.InChannels * panel;
            float* taps = stackalloc float[9 * L.Count];
            for (int i = start; i < end; i++)
            {
                int p = i / g.InChannels, c = i % g.InChannels;
                for (int half = 0; half < 2; half++)
                {
                    int first = p * panel + half * L.Count;
                    for (int o = 0; o < L.Count; o++)
                    {
                        bool exists = first + o < g.OutChannels;
                        float* w = weights + (first + o) * outStride + c * inStride;
                        for (int t = 0; t < 9; t++) taps[t * L.Count + o] = exists ? w[transposed ? 8 - t : t] : 0;
                    }
                    Weights<TTile, L>(taps, packed + ((nint)p * g.InChannels + c) * panel + half * L.Count, pointStride);
                }
            }
        }
    }

    /// <summary>Where the tiles of a picture lie.</summary>
    private readonly struct Tiles(ConvGeometry g)
    {
        public readonly int Rows = (g.OutHeight + TTile.Out - 1) / TTile.Out, Columns = (g.OutWidth + TTile.Out - 1) / TTile.Out;

        public int PerImage => Rows * Columns;

        /// <summary>Pointers to a tile's inputs; outside the picture to zeros.</summary>
        public void InputPointers(float* x, int tile, float* zeros, float** pointers)
        {
            (int n, int rest) = Math.DivRem(tile, PerImage);
            (int row, int column) = Math.DivRem(rest, Columns);
            int top = row * TTile.Out - g.PadY, left = column * TTile.Out - g.PadX;
            float* image = x + (nint)n * g.InLength;
            for (int i = 0; i < TTile.In; i++)
            {
                for (int j = 0; j < TTile.In; j++)
                {
                    bool inside = (uint)(top + i) < (uint)g.Height && (uint)(left + j) < (uint)g.Width;
                    pointers[TTile.In * i + j] = inside ? image + ((nint)(top + i) * g.Width + left + j) * g.InChannels : zeros;
                }
            }
        }

        /// <summary>The rows of x that tiles [first, end) read.</summary>
        public (nint Start, nint End) InputRange(int first, int end) =>
            Range(first, end, -g.PadY, TTile.In, g.Height, g.Width * g.InChannels);

        /// <summary>The rows of y that tiles [first, end) write.</summary>
        public (nint Start, nint End) OutputRange(int first, int end) =>
            Range(first, end, 0, TTile.Out, g.OutHeight, g.OutWidth * g.OutChannels);

        private (nint Start, nint End) Range(int first, int end, int above, int side, int height, int rowFloats)
        {
            if (first >= end) return (0, 0);
            (int n, int tile) = Math.DivRem(first, PerImage);
            (int lastImage, int last) = Math.DivRem(end - 1, PerImage);
            nint start = (nint)n * height + Math.Max(0, tile / Columns * TTile.Out + above);
            return (
                start * rowFloats,
                ((nint)lastImage * height + Math.Min(height, last / Columns * TTile.Out + above + side)) * rowFloats
            );
        }

        /// <summary>Pointers to a tile's output gradients; outside the picture to zeros.</summary>
        public void GradientPointers(float* dy, int tile, float* zeros, float** pointers)
        {
            (nint index, int rows, int columns) = Output(tile);
            for (int i = 0; i < TTile.Out; i++)
                for (int j = 0; j < TTile.Out; j++)
                    pointers[TTile.Out * i + j] = i < rows && j < columns ? dy + index + ((nint)i * g.OutWidth + j) * g.OutChannels : zeros;
        }

        /// <summary>Index of a tile's first output, and how much of it lies inside.</summary>
        public (nint Index, int Rows, int Columns) Output(int tile)
        {
            (int n, int rest) = Math.DivRem(tile, PerImage);
            (int row, int column) = Math.DivRem(rest, Columns);
            nint index = (nint)n * g.OutLength + ((nint)row * TTile.Out * g.OutWidth + column * TTile.Out) * g.OutChannels;
            return (index, Math.Min(TTile.Out, g.OutHeight - row * TTile.Out), Math.Min(TTile.Out, g.OutWidth - column * TTile.Out));
        }
    }

    /// <summary>Tiles from a first one on, those of all images counted through.</summary>
    private readonly struct ForwardJob(
        ConvGeometry g,
        int firstTile,
        int count,
        float* x,
        float* packed,
        PinnedEpilogue epilogue,
        float* y,
        float* scratch
    ) : ILaneJob
    {
        public static nint PartFloats(ConvGeometry g, int panel)
        {
            int outPadded = RoundUp(g.OutChannels, panel);
            return Points * (PlaneStride(ChunkTiles, g.InChannels) + PlaneStride(ChunkTiles, outPadded)) + RoundUp(g.InChannels, 16);
        }

        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            var tiles = new Tiles(g);
            int panel = GemmTile.Columns<L>(), outPadded = RoundUp(g.OutChannels, panel);
            int panels = outPadded / panel;
            nint panelFloats = (nint)g.InChannels * panel;
            bool few = count < parts * L.TileRows || (count <= ChunkTiles && Points * panels * panelFloats > StreamedFloats);
            bool byPanel = few && panels >= parts && parts > 1;
            (int start, int end) = byPanel ? (0, count) : ThreadTeam.Range(count, part, parts);
            (start, end) = (firstTile + start, firstTile + end);
            (int firstPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            int firstOut = firstPanel * panel, outs = Math.Min(endPanel * panel, g.OutChannels) - firstOut;
            int chunk = ChunkOf(end - start, ChunkTiles);
            float* v = scratch + part * PartFloats(g, panel);
            float* m = v + Points * PlaneStride(ChunkTiles, g.InChannels), zeros = m + Points * PlaneStride(ChunkTiles, outPadded);
            new Span<float>(zeros, g.InChannels).Clear();
            float** pointers = stackalloc float*[Points];
            bool streams = Points * (endPanel - firstPanel) * panelFloats > StillFloats;
            Upcoming upcoming = default;
            for (int first = start; first < end; first += chunk)
            {
                int held = Math.Min(chunk, end - first);
                nint vStride = PlaneStride(held, g.InChannels), mStride = PlaneStride(held, outPadded);
                for (int t = 0; t < held; t++)
                {
                    tiles.InputPointers(x, first + t, zeros, pointers);
                    Input<TTile, L>(pointers, g.InChannels, v + (nint)t * g.InChannels, vStride);
                }
                (nint nextStart, nint nextEnd) = tiles.InputRange(first + held, Math.Min(end, first + held + chunk));
                (nint toStart, nint toEnd) = tiles.OutputRange(first, first + held);
                for (int k = 0; k < Points; k++)
                {
                    // The products leave the memory idle: what is written next and what the next chunk reads come in meanwhile.
                    Prefetch.Share(y + toStart, y + toEnd, k, Points);
                    Prefetch.Share(x + nextStart, x + nextEnd, k, Points);
                    for (int p = firstPanel; p < endPanel; p++)
                    {
                        float* u = packed + ((nint)k * panels + p) * panelFloats;
                        upcoming.Clear();
                        if (streams)
                            upcoming.Add(
                                p + 1 < endPanel ? u + panelFloats : packed + ((nint)(k + 1) % Points * panels + firstPanel) * panelFloats,
                                panelFloats
                            );
                        var left = new TileInput(v + k * vStride, g.InChannels, 1, g.InChannels) { Upcoming = &upcoming };
                        GemmTile.Panel<L>(held, panel, left, u, panel, m + k * mStride + p * panel, outPadded, add: false);
                    }
                }
                for (int t = 0; t < held; t++)
                {
                    (nint index, int rows, int columns) = tiles.Output(first + t);
                    Output<TTile, FloatPixelStore, L>(m + (nint)t * outPadded + firstOut, mStride, firstOut, outs, index + firstOut,
                        (nint)g.OutWidth * g.OutChannels, rows, columns, new FloatPixelStore(epilogue, y, g.OutChannels));
                }
            }
        }
    }

    /// <summary>Each part's dU [points, In, Out padded] at the front of its scratch.</summary>
    private readonly struct WeightSumJob(ConvGeometry g, int batch, float* x, float* dy, float* scratch) : ILaneJob
    {
        public static nint PartFloats(ConvGeometry g, int panel)
        {
            int outPadded = RoundUp(g.OutChannels, panel);
            int most = GradientTiles(g);
            return Points * ((nint)g.InChannels * outPadded + PlaneStride(most, g.InChannels) + PlaneStride(most, outPadded))
                + RoundUp(Math.Max(g.InChannels, outPadded), 16);
        }

        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            var tiles = new Tiles(g);
            int panel = GemmTile.Columns<L>(), outPadded = RoundUp(g.OutChannels, panel), most = GradientTiles(g);
            (int start, int end) = ThreadTeam.Range(batch * tiles.PerImage, part, parts);
            int chunk = ChunkOf(end - start, most);
            float* du = scratch + part * PartFloats(g, panel), v = du + (nint)Points * g.InChannels * outPadded;
            float* d = v + Points * PlaneStride(most, g.InChannels), zeros = d + Points * PlaneStride(most, outPadded);
            new Span<float>(zeros, Math.Max(g.InChannels, outPadded)).Clear();
            if (start == end) new Span<float>(du, Points * g.InChannels * outPadded).Clear();
            if (outPadded > g.OutChannels)
                new Span<float>(d, checked((int)(Points * PlaneStride(most, outPadded)))).Clear(); // padding columns stay zero
            float** pointers = stackalloc float*[Points];
            for (int first = start; first < end; first += chunk)
            {
                int count = Math.Min(chunk, end - first);
                nint vStride = PlaneStride(count, g.InChannels), dStride = PlaneStride(count, outPadded);
                for (int t = 0; t < count; t++)
                {
                    tiles.InputPointers(x, first + t, zeros, pointers);
                    Input<TTile, L>(pointers, g.InChannels, v + (nint)t * g.InChannels, vStride);
                    tiles.GradientPointers(dy, first + t, zeros, pointers);
                    OutputGradient<TTile, L>(pointers, g.OutChannels, d + (nint)t * outPadded, dStride);
                }
                int afterEnd = Math.Min(end, first + count + chunk);
                (nint nextStart, nint nextEnd) = tiles.InputRange(first + count, afterEnd);
                (nint gradientStart, nint gradientEnd) = tiles.OutputRange(first + count, afterEnd);
                for (int k = 0; k < Points; k++)
                {
                    Prefetch.Share(x + nextStart, x + nextEnd, k, Points);
                    Prefetch.Share(dy + gradientStart, dy + gradientEnd, k, Points);
                    for (int o = 0; o < outPadded; o += panel)
                        GemmTile.Panel<L>(g.InChannels, v + k * vStride, 1, g.InChannels, d + k * dStride + o, outPadded, count,
                            du + (nint)k * g.InChannels * outPadded + o, outPadded, add: first > start);
                }
            }
        }
    }

    /// <summary>Sums the parts' dU in order and transforms to dW.</summary>
    private readonly struct WeightReduceJob(ConvGeometry g, float* scratch, float* dw, int sums) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int panel = GemmTile.Columns<L>(), outPadded = RoundUp(g.OutChannels, panel);
            nint partFloats = WeightSumJob.PartFloats(g, panel), pointStride = (nint)g.InChannels * outPadded;
            (int start, int end) = ThreadTeam.Range(g.InChannels, part, parts);
            float* total = stackalloc float[Points * L.Count], taps = stackalloc float[9 * L.Count];
            for (int c = start; c < end; c++)
            {
                for (int o = 0; o < g.OutChannels; o += L.Count)
                {
                    for (int k = 0; k < Points; k++)
                    {
                        float* from = scratch + k * pointStride + (nint)c * outPadded + o;
                        L sum = L.Load(from);
                        for (int s = 1; s < sums; s++) sum += L.Load(from + s * partFloats);
                        sum.Store(total + k * L.Count);
                    }
                    WeightGradient<TTile, L>(total, L.Count, taps);
                    for (int j = 0; j < L.Count; j++)
                        for (int t = 0; t < 9; t++) dw[((nint)(o + j) * g.InChannels + c) * 9 + t] = taps[t * L.Count + j];
                }
            }
        }
    }
}
