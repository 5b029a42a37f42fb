namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// Brings weights [groups, outs, ins, taps] (PyTorch's order) into panels of B for <see cref="GemmTile"/>: rows of two vectors, one below
/// the other; columns beyond the last are zeros. Patches have their depth in the order (tap, in).
/// </summary>
internal readonly unsafe struct PanelPacking(float* weights, int groups, int outs, int ins, int taps, float* packed, bool transposed)
    : ILaneJob
{
    // A block of rows of a panel stays in L1 while it is filled column by column.
    private const int BlockRows = 128;

    /// <summary>Floats of all panels: B is [depth, outs] or, transposed, [outs, depth].</summary>
    public static int Floats(int groups, int outs, int depth, int panel, bool transposed)
        => groups * (transposed ? outs * Padded(depth, panel) : depth * Padded(outs, panel));

    public void Run<L>(int part, int parts) where L : struct, ILanes<L>
    {
        if (transposed) Rows<L>(part, parts);
        else Columns<L>(part, parts);
    }

    private static int Padded(int columns, int panel) => (columns + panel - 1) / panel * panel;

    // B[tap · ins + c, o] = w[o, c, tap]
    private void Columns<L>(int part, int parts) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(),
            panels = Padded(outs, panel) / panel,
            step = Math.Max(1, BlockRows / taps),
            blocks = (ins + step - 1) / step,
            depth = ins * taps;
        (int start, int end) = ThreadTeam.Range(groups * panels * blocks, part, parts);
        for (int unit = start; unit < end; unit++)
        {
            (int whole, int block) = Math.DivRem(unit, blocks);
            (int group, int p) = Math.DivRem(whole, panels);
            float* to = packed + (nint)whole * panel * depth;
            int first = block * step, last = Math.Min(ins, first + step);
            for (int j = 0; j < panel; j++)
            {
                int o = p * panel + j;
                float* from = weights + ((nint)group * outs + o) * depth;
                for (int t = 0; t < taps; t++)
                {
                    float* row = to + (nint)t * ins * panel + j;
                    if (o < outs) for (int c = first; c < last; c++) row[(nint)c * panel] = from[c * taps + t];
                    else for (int c = first; c < last; c++) row[(nint)c * panel] = 0;
                }
            }
        }
    }

    // B[o, tap · ins + c] = w[o, c, tap]
    private void Rows<L>(int part, int parts) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), depth = ins * taps, padded = Padded(depth, panel);
        (int start, int end) = ThreadTeam.Range(groups * outs, part, parts);
        for (int row = start; row < end; row++)
        {
            (int group, int o) = Math.DivRem(row, outs);
            float* from = weights + (nint)row * depth, to = packed + (nint)group * outs * padded + (nint)o * panel;
            for (int d = 0, c = 0, tap = 0; d < padded; d += panel, to += (nint)outs * panel)
            {
                int width = Math.Min(panel, depth - d);
                if (taps == 1) new ReadOnlySpan<float>(from + d, width).CopyTo(new Span<float>(to, width));
                else
                {
                    for (int j = 0; j < width; j++)
                    {
                        to[j] = from[c * taps + tap];
                        if (++c < ins) continue;
                        (c, tap) = (0, tap + 1);
                    }
                }
                new Span<float>(to + width, panel - width).Clear();
            }
        }
    }
}
