using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>What a row adds to two sums of every channel.</summary>
internal interface IChannelTerms
{
    /// <summary>Where in x the row begins; worked out once a row.</summary>
    nint Offset(int row);

    /// <summary>Announces that what stands at an offset will be read; a wish, of any address.</summary>
    void Prefetch(nint offset);

    /// <param name="row">The row.</param>
    /// <param name="offset">Its <see cref="Offset"/>.</param>
    /// <param name="c">The first channel of the vector.</param>
    /// <param name="first">The first sums, which are added to.</param>
    /// <param name="second">The second sums, which are added to.</param>
    void Add<T>(int row, nint offset, int c, ref T first, ref T second) where T : struct, ILanes<T>;
}

/// <summary>
/// Two sums over the rows for every channel. Blocks of rows are summed in float, which bounds the rounding, and added to double totals:
/// a thread over a fixed range of rows, then the threads in order. Every channel is summed row by row by one lane, so all vector widths
/// give the same bits.
/// </summary>
internal static unsafe class ChannelSums
{
    private const int BlockRows = 128;
    private const int Line = 16; // floats

    /// <summary>Floats of scratch.</summary>
    public static long ScratchFloats(int channels, int threads) => threads * (long)PartFloats(channels);

    /// <summary>Runs over all rows; the last one may be short.</summary>
    /// <param name="terms">The terms of the sums.</param>
    /// <param name="rows">Whole rows.</param>
    /// <param name="rest">Channels of one more, incomplete row.</param>
    /// <param name="channels">Columns of the matrix.</param>
    /// <param name="scratch">Holds the totals for <see cref="Total"/> afterwards.</param>
    /// <param name="team">Splits the rows.</param>
    public static void Run<TTerms>(TTerms terms, int rows, int rest, int channels, float* scratch, ThreadTeam team)
        where TTerms : struct, IChannelTerms
    {
        var job = new Job<TTerms>(terms, rows, rest, channels, scratch);
        team.Run(ref job, team.LaneCount);
    }

    /// <summary>Both sums of one channel over all threads.</summary>
    public static (double First, double Second) Total(float* scratch, int c, int channels, int threads)
    {
        double first = 0, second = 0;
        for (int t = 0; t < threads; t++)
        {
            double* totals = (double*)(scratch + t * PartFloats(channels));
            first += totals[c];
            second += totals[Stride(channels) + c];
        }
        return (first, second);
    }

    private static int Stride(int channels) => (channels + 15) / 16 * 16;

    // Two double totals and two float sums a channel.
    private static nint PartFloats(int channels) => 6 * Stride(channels);

    private readonly struct Job<TTerms>(TTerms terms, int rows, int rest, int channels, float* scratch) : ILaneJob
        where TTerms : struct, IChannelTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            int stride = Stride(channels);
            double* totals = (double*)(scratch + part * PartFloats(channels));
            new Span<double>(totals, 2 * stride).Clear();
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            for (int first = start; first < end; first += BlockRows)
            {
                int last = Math.Min(end, first + BlockRows);
                // Every row is read from end to end, or the processor's prefetching breaks off: in registers where the sums of a whole row
                // fit.
                if (channels == 4 * L.Count) FourVectors<L>(first, last, totals);
                else if (channels == 2 * L.Count) TwoVectors<L>(first, last, totals);
                else Rows<L>(first, last, channels, totals);
            }
            if (part == parts - 1 && rest > 0) Rows<L>(rows, rows + 1, rest, totals);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void FourVectors<T>(int first, int last, double* totals) where T : struct, ILanes<T>
        {
            T a0 = T.Broadcast(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            for (int r = first; r < last; r++)
            {
                nint offset = terms.Offset(r);
                terms.Add(r, offset, 0, ref a0, ref b0);
                terms.Add(r, offset, T.Count, ref a1, ref b1);
                terms.Add(r, offset, 2 * T.Count, ref a2, ref b2);
                terms.Add(r, offset, 3 * T.Count, ref a3, ref b3);
            }
            AddTo(totals, 0, a0, b0);
            AddTo(totals, T.Count, a1, b1);
            AddTo(totals, 2 * T.Count, a2, b2);
            AddTo(totals, 3 * T.Count, a3, b3);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void TwoVectors<T>(int first, int last, double* totals) where T : struct, ILanes<T>
        {
            T a0 = T.Broadcast(0), a1 = a0, b0 = a0, b1 = a0;
            for (int r = first; r < last; r++)
            {
                nint offset = terms.Offset(r);
                terms.Add(r, offset, 0, ref a0, ref b0);
                terms.Add(r, offset, T.Count, ref a1, ref b1);
            }
            AddTo(totals, 0, a0, b0);
            AddTo(totals, T.Count, a1, b1);
        }

        // The sums of a block wait in L1, and are fetched once for four rows. The next four are fetched meanwhile, in the order of their
        // addresses: left to itself, the processor's prefetching breaks off at four streams so close together.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Rows<L>(int first, int last, int count, double* totals) where L : struct, ILanes<L>
        {
            float* sums = (float*)(totals + 2 * Stride(channels)), second = sums + Stride(channels);
            new Span<float>(sums, 2 * Stride(channels)).Clear();
            int r = first, c = 0;
            for (; r + 4 <= last; r += 4)
            {
                nint o0 = terms.Offset(r),
                    o1 = terms.Offset(r + 1),
                    o2 = terms.Offset(r + 2),
                    o3 = terms.Offset(r + 3),
                    next = terms.Offset(r + 4);
                for (c = 0; c + L.Count <= count; c += L.Count)
                {
                    for (int line = 0; line < 4 * L.Count; line += Line) terms.Prefetch(next + 4 * c + line);
                    Add<L>(r, o0, o1, o2, o3, c, sums, second);
                }
                for (; c < count; c++) Add<Lanes1>(r, o0, o1, o2, o3, c, sums, second);
            }
            for (; r < last; r++)
            {
                nint offset = terms.Offset(r);
                for (c = 0; c + L.Count <= count; c += L.Count) Add<L>(r, offset, c, sums, second);
                for (; c < count; c++) Add<Lanes1>(r, offset, c, sums, second);
            }
            for (c = 0; c + L.Count <= count; c += L.Count) AddTo(totals, c, L.Load(sums + c), L.Load(second + c));
            for (; c < count; c++) AddTo(totals, c, Lanes1.Load(sums + c), Lanes1.Load(second + c));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add<T>(int row, nint o0, nint o1, nint o2, nint o3, int c, float* sums, float* second) where T : struct, ILanes<T>
        {
            T a = T.Load(sums + c), b = T.Load(second + c);
            terms.Add(row, o0, c, ref a, ref b);
            terms.Add(row + 1, o1, c, ref a, ref b);
            terms.Add(row + 2, o2, c, ref a, ref b);
            terms.Add(row + 3, o3, c, ref a, ref b);
            a.Store(sums + c);
            b.Store(second + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add<T>(int row, nint offset, int c, float* sums, float* second) where T : struct, ILanes<T>
        {
            T a = T.Load(sums + c), b = T.Load(second + c);
            terms.Add(row, offset, c, ref a, ref b);
            a.Store(sums + c);
            b.Store(second + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddTo<T>(double* totals, int c, T first, T second) where T : struct, ILanes<T>
        {
            first.AddTo(totals + c);
            second.AddTo(totals + Stride(channels) + c);
        }
    }
}
