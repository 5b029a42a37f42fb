namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Max pooling of bytes, which keep their scale: the largest value has the largest byte. Threads split output rows.</summary>
internal static unsafe class BytePooling
{
    /// <summary>y = the largest byte of each window.</summary>
    public static void Max(PoolGeometry g, int batch, ReadOnlySpan<byte> x, Span<byte> y, ThreadTeam team)
    {
        fixed (byte* px = x, py = y) team.Run(new MaxJob(g, batch, px, py), team.LaneCount);
    }

    private readonly struct MaxJob(PoolGeometry g, int batch, byte* x, byte* y) : IIntegerLaneJob
    {
        public void Run<I, L>(int part, int parts) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            (int start, int end) = ThreadTeam.Range(batch * g.OutHeight, part, parts);
            byte* to = y + (nint)start * g.OutWidth * g.Channels;
            for (int row = start; row < end; row++)
            {
                (int n, int oy) = Math.DivRem(row, g.OutHeight);
                if (g.IsHalving && g.Channels % 16 == 0)
                {
                    Halving<I, L>(x + ((nint)n * g.Height + 2 * oy) * g.Width * g.Channels, to);
                    to += (nint)g.OutWidth * g.Channels;
                    continue;
                }
                for (int ox = 0; ox < g.OutWidth; ox++, to += g.Channels)
                {
                    PoolWindow w = g.Window(oy, ox);
                    byte* first = x + (((nint)n * g.Height + w.Top) * g.Width + w.Left) * g.Channels;
                    int c = 0;
                    for (; c + 4 * I.Count <= g.Channels; c += 4 * I.Count) Largest<I, L>(first + c, w).Store(to + c);
                    for (; c + 32 <= g.Channels; c += 32) Largest<IntegerLanes8, Lanes8>(first + c, w).Store(to + c);
                    for (; c + 16 <= g.Channels; c += 16) Largest<IntegerLanes4, Lanes4>(first + c, w).Store(to + c);
                    for (; c < g.Channels; c++) to[c] = Largest(first + c, w);
                }
            }
        }

        // A row of outputs.
        private void Halving<I, L>(byte* upper, byte* to) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            int channels = g.Channels;
            byte* lower = upper + (nint)g.Width * channels;
            for (int ox = 0; ox < g.OutWidth; ox++, upper += 2 * channels, lower += 2 * channels, to += channels)
            {
                int c = 0;
                for (; c + 4 * I.Count <= channels; c += 4 * I.Count) Halve<I, L>(upper + c, lower + c, to + c);
                for (; c + 32 <= channels; c += 32) Halve<IntegerLanes8, Lanes8>(upper + c, lower + c, to + c);
                for (; c < channels; c += 16) Halve<IntegerLanes4, Lanes4>(upper + c, lower + c, to + c);
            }
        }

        private void Halve<I, L>(byte* upper, byte* lower, byte* to)
            where I : struct, IIntegerLanes<I, L>
            where L : struct, ILanes<L> =>
            I.MaxBytes(I.MaxBytes(I.Load(upper), I.Load(upper + g.Channels)), I.MaxBytes(I.Load(lower), I.Load(lower + g.Channels)))
                .Store(to);

        private I Largest<I, L>(byte* p, PoolWindow w) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        {
            I best = I.Load(p);
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
                for (int j = 0; j < w.Columns; j++) best = I.MaxBytes(best, I.Load(p + (nint)j * g.Channels));
            return best;
        }

        private byte Largest(byte* p, PoolWindow w)
        {
            byte best = 0;
            for (int i = 0; i < w.Rows; i++, p += (nint)g.Width * g.Channels)
                for (int j = 0; j < w.Columns; j++) best = Math.Max(best, p[(nint)j * g.Channels]);
            return best;
        }
    }
}
