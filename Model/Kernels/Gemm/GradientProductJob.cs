namespace EmotionMLNet.Kernels.Gemm;

/// <summary>dW [Out, In] (+)= dYᵀ [Out, pixels] · X [pixels, In], the product of a weight gradient, a chunk of pixels at a time.</summary>
/// <remarks>
/// A panel of X is copied, so that it lies in L1 whatever its distance from row to row; a block of dY stays in L2 while all panels of X
/// pass by. Where the next chunk fits in as well, it is asked for meanwhile. Threads split the outputs or, if there are more of them, the
/// inputs: every sum is made by one thread, over pixels in order.
/// </remarks>
/// <param name="pixels">Rows of X and dY.</param>
/// <param name="outs">Columns of dY.</param>
/// <param name="ins">Columns of X.</param>
/// <param name="x">X.</param>
/// <param name="dy">dY.</param>
/// <param name="dw">dW.</param>
/// <param name="scratch"><see cref="PartFloats"/> for each thread.</param>
/// <param name="add">Whether dW is added to.</param>
internal readonly unsafe struct GradientProductJob(
    int pixels,
    int outs,
    int ins,
    float* x,
    float* dy,
    float* dw,
    float* scratch,
    bool add = false
) : ILaneJob
{
    /// <summary>Pixels of a chunk, at most: their panel of X takes three quarters of an L1 of 48 KiB at 512 bits.</summary>
    public const int MostPixels = 288;

    private const int MostRows = 336, CacheFloats = 98_304;

    /// <summary>A panel of X, a chunk of pixels long.</summary>
    public static long PartFloats(int panel) => MostPixels * (long)panel;

    public void Run<L>(int part, int parts) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), panels = (ins + panel - 1) / panel;
        bool byPanel = ins >= outs && panels % parts == 0;
        (int start, int end) = byPanel ? (0, outs) : ThreadTeam.Range(outs, part, parts);
        (int startPanel, int endPanel) = byPanel ? ThreadTeam.Range(panels, part, parts) : (0, panels);
        int startColumn = startPanel * panel, endColumn = Math.Min(ins, endPanel * panel), columns = endColumn - startColumn;
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
                    int width = Math.Min(panel, ins - c);
                    Copy<L>(x + (nint)first * ins + c, ins, count, width, copy);
                    for (int t = 0; t < tiles; t++)
                    {
                        (int top, int bottom) = ThreadTeam.Range(rows, t, tiles);
                        (int from, int to) = ThreadTeam.Range(
                            nextCount,
                            (c - startColumn) / panel * tiles + t,
                            (endPanel - startPanel) * tiles
                        );
                        Prefetch.Rows(dy + (nint)(next + from) * outs + start, outs, to - from, end - start);
                        Prefetch.Rows(x + (nint)(next + from) * ins + startColumn, ins, to - from, columns);
                        var left = new TileInput(dy + (nint)first * outs + row + top, 1, outs, count);
                        GemmTile.Panel<L>(
                            bottom - top,
                            width,
                            left,
                            copy,
                            panel,
                            dw + (nint)(row + top) * ins + c,
                            ins,
                            add: add || first > 0
                        );
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
            for (int k = 0; k < pixels; k++, from += stride, to += panel)
                new ReadOnlySpan<float>(from, width).CopyTo(new Span<float>(to, width));
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
