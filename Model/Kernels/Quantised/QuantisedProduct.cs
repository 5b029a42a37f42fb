using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// Any convolution without groups as a product of bytes, per-channel symmetric s8 weights by u8 activations: of the pixels where they lie
/// for 1x1 at stride 1, of unfolded patches otherwise.
/// </summary>
/// <remarks>
/// With <see cref="QuadProduct"/> A is the activations themselves. Where there is no VPDPBUSD, <see cref="PairProduct"/> does the same sums
/// on shorts that a chunk of A is widened to first: VPMADDUBSW would saturate at 8-bit weights. The zero point of the input costs nothing:
/// Σ (q - z)·w = Σ q·w - z·Σ w, and the second term is part of the bias; padding is filled with z.
/// </remarks>
internal sealed unsafe class QuantisedProduct<TProduct> : QuantisedConvolution where TProduct : struct, IGroupProduct
{
    /// <summary>Bytes of A that stay in L2 while all panels of B pass by.</summary>
    private const int ChunkBytes = 1 << 18;

    private readonly int lanes;
    private readonly PackedGroups weights;
    private readonly float[] scale;
    private readonly byte zero;

    public QuantisedProduct(QuantisedLayer layer, int lanes) : base(layer)
    {
        this.lanes = lanes;
        zero = layer.Input.Zero;
        int panel = 2 * lanes, depth = DepthGroups(Geometry);
        weights = new PackedGroups((long)RoundUp(Geometry.OutChannels, panel) * depth);
        scale = new float[Geometry.OutChannels];
        var row = new sbyte[depth * TProduct.Values];
        for (int o = 0; o < Geometry.OutChannels; o++)
        {
            double step = QuantiseRow(layer, o, row);
            scale[o] = (float)(step * Scale.InputSteps);
            Scale.Bias[o] = (float)(Scale.Bias[o] - (double)scale[o] * zero * row.Sum(w => (int)w));
            int* to = weights.Pointer + (nint)(o / panel) * panel * depth + o % panel;
            for (int k = 0; k < depth; k++) to[(nint)k * panel] = Group(row.AsSpan(k * TProduct.Values, TProduct.Values));
        }
    }

    public override long PackedBytes => sizeof(int) * (long)weights.Length;

    public override long ScratchFloats(int batch, int threads) => threads * ProductJob.PartInts(Geometry);

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
            var requantise = new Requantisation(ps, pb, pr, Scale.ResidualSteps, Scale.Low, Scale.High, py, Geometry.OutChannels);
            team.Run(new ProductJob(Geometry, batch, px, zero, weights.Pointer, requantise, (int*)s), lanes);
        }
    }

    public override string ToString() => $"int8 {(Geometry.IsPointwise ? "product" : "patches")}";

    private static int DepthGroups(ConvGeometry g) => (g.Depth + TProduct.Values - 1) / TProduct.Values;

    // Symmetric, so that the largest weight becomes ±127; in the order (tap, in) of patches.
    private static double QuantiseRow(QuantisedLayer layer, int o, sbyte[] row)
    {
        ConvGeometry g = layer.Geometry;
        int ins = g.InChannels, taps = g.KernelHeight * g.KernelWidth;
        ReadOnlySpan<float> from = layer.Weights.Span.Slice(o * g.Depth, g.Depth);
        double largest = 0;
        foreach (float w in from) largest = Math.Max(largest, Math.Abs(w));
        double step = largest > 0 ? largest / sbyte.MaxValue : 1;
        for (int c = 0; c < ins; c++)
            for (int t = 0; t < taps; t++) row[t * ins + c] = (sbyte)Math.Round(from[c * taps + t] / step);
        return step;
    }

    private static int Group(ReadOnlySpan<sbyte> values)
    {
        int group = 0, bits = 32 / values.Length;
        for (int i = 0; i < values.Length; i++) group |= (values[i] & (int)(uint.MaxValue >> (32 - bits))) << (i * bits);
        return group;
    }

    private readonly struct ProductJob(ConvGeometry g, int batch, byte* x, byte zero, int* packed, Requantisation requantise, int* scratch)
        : IIntegerLaneJob
    {
        /// <summary>A chunk of A that had to be copied.</summary>
        public static long PartInts(ConvGeometry g) =>
            IsDirect(g) ? 0 : ChunkRows(g) * (long)DepthGroups(g) + BytePatches.Slack / sizeof(int);

        public void Run<I, L>(int part, int parts) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            int rows = batch * g.OutHeight * g.OutWidth,
                columns = g.OutChannels,
                depth = DepthGroups(g),
                panel = 2 * I.Count,
                most = ChunkRows(g);
            int panels = (columns + panel - 1) / panel;
            bool byPanel = columns > rows && panels >= parts, direct = IsDirect(g);
            (int startRow, int endRow) = byPanel ? (0, rows) : ThreadTeam.Range(rows, part, parts);
            (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
            int* copy = scratch + part * (nint)PartInts(g);
            for (int row = startRow; row < endRow; row += most)
            {
                int count = Math.Min(most, endRow - row);
                int* a = direct ? (int*)(x + (nint)row * g.InChannels) : copy;
                if (!direct) Unfold<I, L>(row, count, copy, depth);
                for (int p = startPanel; p < endPanel; p++)
                {
                    int first = p * panel;
                    IntegerTile.Panel<I, L, TProduct, RequantisingSink>(count, a, depth, packed + (nint)first * depth, depth,
                        new RequantisingSink(requantise, first, (nint)row * columns + first));
                }
            }
        }

        private static bool IsDirect(ConvGeometry g) => TProduct.Values == 4 && g.IsPointwise && g.InChannels % 4 == 0;

        private static int ChunkRows(ConvGeometry g) =>
            Math.Clamp(ChunkBytes / (sizeof(int) * DepthGroups(g)) / IntegerTile.TileRows, 4, 64) * IntegerTile.TileRows;

        // Whatever rounds the depth up to a group meets a weight of 0.
        private void Unfold<I, L>(int first, int count, int* to, int depth)
            where I : struct, IIntegerLanes<I, L>
            where L : struct, ILanes<L>
        {
            if (TProduct.Values == 4)
            {
                BytePatches.Unfold(g, x, (nint)batch * g.InLength, zero, first, count, (byte*)to, sizeof(int) * (nint)depth);
                return;
            }
            byte* patch = stackalloc byte[g.Depth + BytePatches.Slack], row = patch;
            for (int r = 0; r < count; r++, to += depth)
            {
                if (g.IsPointwise) row = x + (nint)(first + r) * g.InChannels;
                else BytePatches.Unfold(g, x, (nint)batch * g.InLength, zero, first + r, 1, patch, 0);
                int i = 0;
                for (; i + 2 * I.Count <= g.Depth; i += 2 * I.Count) I.LoadBytesAsShorts(row + i).Store((short*)to + i);
                for (; i < g.Depth; i++) ((short*)to)[i] = row[i];
            }
        }
    }
}
