using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Forward convolution as a matrix product whose left factor is the image itself: the register tile walks over the kernel's rows where
/// they lie ("implicit GEMM", Chetlur et al. 2014, arXiv:1410.0759). Any kernel and stride; one group, no dilation across.
/// </summary>
/// <remarks>
/// Outputs whose window leaves the picture above or below leave out those rows of the kernel; the few columns whose window leaves it at
/// the sides are unfolded. A chunk of output rows is multiplied with one panel of weights after the other: few rows where all panels
/// stay in L2, many where they stream. Threads split the output rows, or the panels where the weights are more than the image.
/// </remarks>
/// <param name="g">The sizes.</param>
/// <param name="firstRow">First output row, those of all images counted through.</param>
/// <param name="rows">Output rows.</param>
/// <param name="x">Row 0 of the first image.</param>
/// <param name="packed">Panels of weights, depth in the order (tap, in).</param>
/// <param name="epilogue">Bias and so on.</param>
/// <param name="y">Row 0 of the first output.</param>
/// <param name="scratch"><see cref="PartFloats"/> for each thread.</param>
internal readonly unsafe struct ImplicitProductJob(
    ConvGeometry g,
    int firstRow,
    int rows,
    float* x,
    float* packed,
    PinnedEpilogue epilogue,
    float* y,
    float* scratch
) : ILaneJob
{
    private const int MostRows = 32;

    // Weights that stay in L2, at most half of it.
    private const int StillFloats = 131_072;

    /// <summary>Rows of very few outputs make flat register tiles: those are better unfolded together.</summary>
    public static bool Suits(ConvGeometry g) => g is { Groups: 1, DilationX: 1, OutWidth: >= 6 };

    /// <summary>Scratch of a thread: the unfolded columns of a chunk.</summary>
    public static long PartFloats(ConvGeometry g)
    {
        (int first, int inner) = Inner(g);
        return (long)ChunkRows(g) * (first + g.OutWidth - inner) * g.Depth + 16;
    }

    public void Run<L>(int part, int parts) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), panels = (g.OutChannels + panel - 1) / panel;
        bool byPanel = g.WeightLength > (long)rows * g.StrideY * g.Width * g.InChannels && panels >= parts;
        (int start, int end) = byPanel ? (0, rows) : ThreadTeam.Range(rows, part, parts);
        (int firstPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
        float* patches = scratch + part * (nint)PartFloats(g);
        int most = ChunkRows(g);
        for (int row = firstRow + start; row < firstRow + end; row += most)
            Chunk<L>(row, Math.Min(most, firstRow + end - row), firstPanel, endPanel, patches);
    }

    // Outputs of a row whose windows lie inside the picture across.
    private static (int First, int End) Inner(ConvGeometry g)
    {
        int first = Math.Min(g.OutWidth, (g.PadX + g.StrideX - 1) / g.StrideX), room = g.Width + g.PadX - g.KernelWidth;
        return (first, room < 0 ? first : Math.Clamp(room / g.StrideX + 1, first, g.OutWidth));
    }

    // Where weights stream, as many rows as keep what they read of the image in L2.
    private static int ChunkRows(ConvGeometry g) =>
        g.Depth * g.OutChannels > StillFloats
            ? Math.Clamp(StillFloats / (g.StrideY * g.Width * g.InChannels), 6, MostRows)
            : Math.Clamp(96 / g.OutWidth, 1, MostRows);

    private void Chunk<L>(int row, int count, int firstPanel, int endPanel, float* patches) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), depth = g.Depth;
        (int first, int inner) = Inner(g);
        Unfold(row, count, first, inner, patches);
        Upcoming upcoming = default;
        for (int p = firstPanel; p < endPanel; p++)
        {
            int channel = p * panel, width = Math.Min(panel, g.OutChannels - channel);
            float* b = packed + (nint)channel * depth, to = y + (nint)row * g.OutWidth * g.OutChannels + channel;
            upcoming.Clear();
            if (p + 1 < endPanel && depth * g.OutChannels > StillFloats) upcoming.Add(b + (nint)panel * depth, (nint)panel * depth);
            for (int r = 0; r < count && inner > first; r++)
            {
                TileInput from = Window(row + r, first, out int skipped) with { Upcoming = &upcoming };
                epilogue.Product<L>(
                    inner - first,
                    width,
                    from,
                    b + (nint)skipped * panel,
                    channel,
                    to + ((nint)r * g.OutWidth + first) * g.OutChannels,
                    g.OutChannels,
                    y
                );
            }
            float* unfolded = patches;
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                if (ox >= first && ox < inner) continue;
                epilogue.Product<L>(
                    count,
                    width,
                    new TileInput(unfolded, depth, 1, depth),
                    b,
                    channel,
                    to + (nint)ox * g.OutChannels,
                    (nint)g.OutWidth * g.OutChannels,
                    y
                );
                unfolded += (nint)count * depth;
            }
        }
    }

    // The kernel's rows that lie inside the picture, and how many weights of an output come before them.
    private TileInput Window(int row, int ox, out int skipped)
    {
        (int n, int oy) = Math.DivRem(row, g.OutHeight);
        int top = oy * g.StrideY - g.PadY, line = g.KernelWidth * g.InChannels;
        int start = top >= 0 ? 0 : (-top + g.DilationY - 1) / g.DilationY;
        int end = top >= g.Height ? 0 : Math.Min(g.KernelHeight, (g.Height - 1 - top) / g.DilationY + 1);
        skipped = start * line;
        float* from = x + (nint)n * g.InLength + ((nint)(top + start * g.DilationY) * g.Width + ox * g.StrideX - g.PadX) * g.InChannels;
        nint across = (nint)g.StrideX * g.InChannels;
        if (g is { KernelHeight: 1, KernelWidth: 1 } && end > start) return TileInput.Portions(from, across, line);
        return new TileInput(from, across, 1, line, Math.Max(0, end - start), (nint)g.DilationY * g.Width * g.InChannels);
    }

    // The columns at the sides, one after the other, each [rows, depth].
    private void Unfold(int row, int count, int first, int inner, float* patches)
    {
        for (int ox = 0; ox < g.OutWidth; ox++)
        {
            if (ox >= first && ox < inner) continue;
            for (int r = 0; r < count; r++, patches += g.Depth) Patches.ByPixel(g, x, (row + r) * g.OutWidth + ox, 1, 0, patches, g.Depth);
        }
    }
}
