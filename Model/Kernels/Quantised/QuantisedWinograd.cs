using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// Dense 3x3 convolution at stride 1 from bytes to bytes by Winograd's F(m x m, 3x3) with integer products.
/// </summary>
/// <remarks>
/// Bytes leave room that 16 bits use up: at m = 4 the entries of V = Bᵀ x B reach 100 · 255 at most, so the input transform is exact in
/// shorts. U = G w Gᵀ is quantised to shorts with a scale for every point and output, the finest with which no sum over the inputs can
/// leave 32 bits whatever the pixels are (10 to 15 bits), so weights lose less here than as bytes. The products run at twice the rate of
/// floats with VPMADDWD, and V is half as large; the sums are scaled to floats in the register tile, which undoes the scales of the
/// points, and the output transform and the rounding to bytes follow. Sums are exact and floats are one output a lane: same bytes at all
/// widths. Panels are the outer loop within a chunk of tiles, so the products of one panel never leave L2. Threads split the tiles of
/// all images together or, where there are too few, the panels of outputs.
/// </remarks>
internal sealed unsafe class QuantisedWinograd<TTile, TInput> : QuantisedConvolution
    where TTile : struct, IWinogradTile
    where TInput : struct, IIntegerInputTile
{
    private readonly int lanes;
    private readonly byte zero;
    private readonly PackedGroups weights;
    private readonly float[] scale;

    public QuantisedWinograd(QuantisedLayer layer, int lanes) : base(layer)
    {
        this.lanes = lanes;
        zero = layer.Input.Zero;
        int panel = 2 * lanes, ins = Geometry.InChannels, panels = RoundUp(Geometry.OutChannels, panel) / panel;
        weights = new PackedGroups((long)panels * Points * panel * ins / 2);
        scale = new float[panels * Points * panel];
        long[] bounds = InputBounds(zero);
        var transformed = new float[Points * ins];
        for (int o = 0; o < Geometry.OutChannels; o++)
        {
            TransformFilters(layer.Weights.Span.Slice(o * ins * 9, ins * 9), transformed);
            (int p, int column) = Math.DivRem(o, panel);
            for (int k = 0; k < Points; k++)
            {
                ReadOnlySpan<float> u = transformed.AsSpan(k * ins, ins);
                double step = FinestStep(u, bounds[k]);
                scale[(p * Points + k) * panel + column] = (float)(step * Scale.InputSteps);
                int* to = weights.Pointer + ((nint)p * Points + k) * panel * ins / 2 + column;
                for (int c = 0; c < ins; c += 2, to += panel) *to = (ushort)Quantise(u[c], step) | Quantise(u[c + 1], step) << 16;
            }
        }
    }

    public override long PackedBytes => sizeof(int) * (long)weights.Length;

    private static int Points => TTile.In * TTile.In;

    public override long ScratchFloats(int batch, int threads) => threads * (long)ForwardJob.Part.Create(Geometry, 2 * lanes).Total;

    public override void Forward(
        int batch,
        ReadOnlySpan<byte> x,
        ReadOnlySpan<byte> residual,
        Span<byte> y,
        Span<float> scratch,
        ThreadTeam team
    )
    {
        fixed (byte* px = x, pr = residual, py = y)
        fixed (float* s = scratch, ps = scale, pb = Scale.Bias)
        {
            var requantise = new Requantisation(null, pb, pr, Scale.ResidualSteps, Scale.Low, Scale.High, py, Geometry.OutChannels);
            team.Run(new ForwardJob(Geometry, batch, px, zero, weights.Pointer, ps, requantise, s), lanes);
        }
    }

    public override string ToString() => $"int8 Winograd F({TTile.Out}x{TTile.Out}, 3x3)";

    // U [points, In] of one output's filters [In, 3, 3].
    private static void TransformFilters(ReadOnlySpan<float> filters, float[] transformed)
    {
        int ins = filters.Length / 9;
        fixed (float* w = filters, u = transformed)
            for (int c = 0; c < ins; c++) WinogradTransforms.Weights<TTile, Lanes1>(w + 9 * c, u + c, ins);
    }

    /// <summary>
    /// The largest magnitude of V at every point over all inputs of bytes: from what the transform makes of single pixels.
    /// </summary>
    private static long[] InputBounds(byte zero)
    {
        int n = TTile.In;
        var positive = new long[Points];
        var negative = new long[Points];
        byte* tile = stackalloc byte[Points * 2];
        int* v = stackalloc int[Points];
        for (int pixel = 0; pixel < Points; pixel++)
        {
            new Span<byte>(tile, Points * 2).Clear();
            tile[2 * pixel] = 1;
            QuantisedWinogradTransforms.Input<TTile, TInput, IntegerLanes1, Lanes1>(tile, 2 * n, 2, zero: 0, v, 1);
            for (int k = 0; k < Points; k++)
            {
                positive[k] += Math.Max((int)(short)v[k], 0);
                negative[k] -= Math.Min((int)(short)v[k], 0);
            }
        }
        int above = byte.MaxValue - zero;
        return [.. positive.Zip(negative, (p, m) => Math.Max(p * above + m * zero, m * above + p * zero))];
    }

    // Rounding may lengthen a sum of magnitudes by half a unit an input.
    private static double FinestStep(ReadOnlySpan<float> u, long bound)
    {
        double largest = 0, sum = 0;
        foreach (float value in u)
        {
            largest = Math.Max(largest, Math.Abs(value));
            sum += Math.Abs(value);
        }
        double step = Math.Max(largest / short.MaxValue, bound * sum / (int.MaxValue - bound * u.Length / 2.0));
        return step > 0 ? step : 1;
    }

    private static short Quantise(float u, double step) => (short)Math.Round(u / step);

    private readonly struct ForwardJob(
        ConvGeometry g,
        int batch,
        byte* x,
        byte zero,
        int* packed,
        float* scale,
        Requantisation requantise,
        float* scratch
    ) : IIntegerLaneJob
    {
        // V of a chunk shares L2 with the panel's products.
        private const int ChunkBytes = 1 << 19;

        /// <summary>A thread's share of scratch: [V, pairs][products of a panel][a tile at the edge].</summary>
        public readonly record struct Part(nint Inputs, nint Products, nint Edge)
        {
            public nint Total => Inputs + Products + Edge;

            public static Part Create(ConvGeometry g, int panel)
            {
                int tiles = ChunkTiles(g);
                return new Part(
                    Points * PlaneStride(tiles, g.InChannels / 2),
                    Points * PlaneStride(tiles, panel),
                    RoundUp(Points * g.InChannels / sizeof(float), 16)
                );
            }
        }

        public void Run<I, L>(int part, int parts) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            var grid = new TileGrid(g, TTile.Out);
            int panel = 2 * I.Count, panels = RoundUp(g.OutChannels, panel) / panel, pairs = g.InChannels / 2, all = batch * grid.PerImage;
            bool byPanel = all < 2 * parts * IntegerTile.TileRows && panels >= parts;
            (int start, int end) = byPanel ? (0, all) : ThreadTeam.Range(all, part, parts);
            (int firstPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            Part share = Part.Create(g, panel);
            int* v = (int*)(scratch + part * share.Total);
            float* m = (float*)(v + share.Inputs);
            byte* edge = (byte*)(m + share.Products);
            int most = ChunkTiles(g), chunks = Math.Max(1, (end - start + most - 1) / most);
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                (int first, int last) = ThreadTeam.Range(end - start, chunk, chunks);
                (int firstTile, int count) = (start + first, last - first);
                nint vStride = PlaneStride(count, pairs), mStride = PlaneStride(count, panel);
                for (int t = 0; t < count; t++) Transform<I, L>(grid.Place(firstTile + t), edge, v + (nint)t * pairs, vStride);
                for (int p = firstPanel; p < endPanel; p++)
                {
                    for (int k = 0; k < Points; k++)
                    {
                        nint at = (nint)p * Points + k;
                        IntegerTile.Panel<I, L, PairProduct, ScalingSink>(count, v + k * vStride, pairs, packed + at * panel * pairs, pairs,
                            new ScalingSink(scale + at * panel, m + k * mStride));
                    }
                    for (int t = 0; t < count; t++)
                        Finish<L>(
                            grid.Place(firstTile + t),
                            p * panel,
                            Math.Min(panel, g.OutChannels - p * panel),
                            m + (nint)t * panel,
                            mStride
                        );
                }
            }
        }

        private void Transform<I, L>((int Image, int Row, int Column) place, byte* edge, int* v, nint stride)
            where I : struct, IIntegerLanes<I, L>
            where L : struct, ILanes<L>
        {
            int top = place.Row - g.PadY, left = place.Column - g.PadX;
            byte* image = x + (nint)place.Image * g.InLength;
            if (top >= 0 && left >= 0 && top + TTile.In <= g.Height && left + TTile.In <= g.Width)
            {
                QuantisedWinogradTransforms.Input<TTile, TInput, I, L>(
                    image + ((nint)top * g.Width + left) * g.InChannels,
                    (nint)g.Width * g.InChannels,
                    g.InChannels,
                    zero,
                    v,
                    stride
                );
                return;
            }
            int ins = g.InChannels, begin = Math.Clamp(-left, 0, TTile.In), end = Math.Clamp(g.Width - left, begin, TTile.In);
            for (int i = 0; i < TTile.In; i++)
            {
                var row = new Span<byte>(edge + i * TTile.In * ins, TTile.In * ins);
                bool inside = (uint)(top + i) < (uint)g.Height;
                if (!inside || end - begin < TTile.In) row.Fill(zero);
                if (inside)
                    new ReadOnlySpan<byte>(image + ((nint)(top + i) * g.Width + left + begin) * ins, (end - begin) * ins).CopyTo(
                        row[(begin * ins)..]
                    );
            }
            QuantisedWinogradTransforms.Input<TTile, TInput, I, L>(edge, TTile.In * ins, ins, zero, v, stride);
        }

        private void Finish<L>((int Image, int Row, int Column) place, int channel, int count, float* m, nint stride)
            where L : struct, ILanes<L>
        {
            nint rowStride = (nint)g.OutWidth * g.OutChannels,
                index = (nint)place.Image * g.OutLength + place.Row * rowStride + (nint)place.Column * g.OutChannels + channel;
            WinogradTransforms.Output<TTile, Requantisation, L>(m, stride, channel, count, index, rowStride,
                Math.Min(TTile.Out, g.OutHeight - place.Row), Math.Min(TTile.Out, g.OutWidth - place.Column), requantise);
        }

        // Whole register tiles.
        private static int ChunkTiles(ConvGeometry g) =>
            Math.Clamp(ChunkBytes / (Points * sizeof(short) * g.InChannels) / IntegerTile.TileRows, 2, 8) * IntegerTile.TileRows;

        // From one plane to the next: an odd number of cache lines, or the points of a tile would share one or two sets of L1.
        private static nint PlaneStride(int tiles, int values) => (RoundUp(tiles * values, 16) / 16 | 1) * 16;
    }

    /// <summary>Sums to floats in output steps.</summary>
    private readonly struct ScalingSink(float* scale, float* m) : ITileSink
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put<I, L>(int row, I left, I right) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            float* to = m + (nint)row * 2 * L.Count;
            (left.ToSingles() * L.Load(scale)).Store(to);
            (right.ToSingles() * L.Load(scale + L.Count)).Store(to + L.Count);
        }
    }
}
