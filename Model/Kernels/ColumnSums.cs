using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>Sums over the rows of a [rows, columns] matrix: the gradient of a bias.</summary>
internal static unsafe class ColumnSums
{
    /// <summary>
    /// Rows summed in float before they are added to the running total, so that the error does not grow with the number of rows.
    /// </summary>
    private const int Block = 256;

    /// <summary>Floats of scratch that <see cref="Compute"/> needs.</summary>
    public static long ScratchFloats(int columns, int threads) => threads * 2L * ((columns + 15) / 16 * 16);

    /// <summary>sums[c] = Σ x[r, c]: per thread over a fixed range of rows, then over threads in order.</summary>
    public static void Compute(ReadOnlySpan<float> x, Span<float> sums, Span<float> scratch, ThreadTeam team)
    {
        int columns = sums.Length, stride = (columns + 15) / 16 * 16;
        fixed (float* px = x, s = scratch)
        {
            var job = new Job(px, x.Length / columns, columns, s, stride);
            team.Run(ref job, team.LaneCount);
        }
        for (int c = 0; c < columns; c++)
        {
            double sum = 0;
            for (int p = 0; p < team.Threads; p++) sum += scratch[2 * p * stride + c];
            sums[c] = (float)sum;
        }
    }

    private readonly struct Job(float* x, int rows, int columns, float* scratch, int stride) : ILaneJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            float* total = scratch + (nint)2 * part * stride, block = total + stride;
            new Span<float>(total, stride).Clear();
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            for (int first = start; first < end; first += Block)
            {
                new Span<float>(block, columns).Clear();
                for (int r = first; r < Math.Min(end, first + Block); r++) Add<L>(x + (nint)r * columns, block);
                Add<L>(block, total);
            }
        }

        private void Add<L>(float* from, float* to) where L : struct, ILanes<L>
        {
            int c = 0;
            for (; c + L.Count <= columns; c += L.Count) (L.Load(to + c) + L.Load(from + c)).Store(to + c);
            for (; c < columns; c++) to[c] += from[c];
        }
    }
}
