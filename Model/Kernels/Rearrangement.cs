namespace EmotionMLNet.Kernels;

/// <summary>Moves values without changing them.</summary>
internal static unsafe class Rearrangement
{
    /// <summary>to[n, c, r] = from[n, r, c] for a batch of [rows, columns] matrices.</summary>
    public static void Transpose(int batch, int rows, int columns, ReadOnlySpan<float> from, Span<float> to, ThreadTeam team)
    {
        fixed (float* pFrom = from, pTo = to)
        {
            var job = new TransposeJob(batch, rows, columns, pFrom, pTo);
            team.Run(ref job);
        }
    }

    /// <summary>
    /// to[r, toFirst + c] = from[r, fromFirst + c] for c below <paramref name="count"/>: some columns of one matrix become some of another.
    /// </summary>
    public static void CopyColumns(
        int rows,
        int count,
        ReadOnlySpan<float> from,
        int fromColumns,
        int fromFirst,
        Span<float> to,
        int toColumns,
        int toFirst,
        ThreadTeam team
    )
    {
        fixed (float* pFrom = from, pTo = to)
        {
            var job = new CopyColumnsJob(rows, count, pFrom + fromFirst, fromColumns, pTo + toFirst, toColumns);
            team.Run(ref job);
        }
    }

    /// <summary>to = from.</summary>
    public static void Copy(ReadOnlySpan<float> from, Span<float> to, ThreadTeam team)
    {
        fixed (float* pFrom = from, pTo = to)
        {
            var job = new CopyJob(from.Length, pFrom, pTo);
            team.Run(ref job);
        }
    }

    private readonly struct TransposeJob(int batch, int rows, int columns, float* from, float* to) : ITeamJob
    {
        private const int Side = 16; // a cache line each way

        public void Run(int part, int parts)
        {
            int bands = (columns + Side - 1) / Side;
            (int start, int end) = ThreadTeam.Range(batch * bands, part, parts);
            for (int item = start; item < end; item++)
            {
                (int n, int band) = Math.DivRem(item, bands);
                nint image = (nint)n * rows * columns;
                int left = band * Side, right = Math.Min(columns, left + Side);
                for (int top = 0; top < rows; top += Side) Block(from + image, to + image, top, Math.Min(rows, top + Side), left, right);
            }
        }

        private void Block(float* source, float* target, int top, int bottom, int left, int right)
        {
            for (int c = left; c < right; c++)
            {
                float* p = source + (nint)top * columns + c, q = target + (nint)c * rows + top;
                for (int r = top; r < bottom; r++, p += columns) *q++ = *p;
            }
        }
    }

    private readonly struct CopyColumnsJob(int rows, int count, float* from, int fromColumns, float* to, int toColumns) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            for (int r = start; r < end; r++)
                new ReadOnlySpan<float>(from + (nint)r * fromColumns, count).CopyTo(new Span<float>(to + (nint)r * toColumns, count));
        }
    }

    private readonly struct CopyJob(int length, float* from, float* to) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int start, int end) = ThreadTeam.Range(length, part, parts);
            new ReadOnlySpan<float>(from + start, end - start).CopyTo(new Span<float>(to + start, end - start));
        }
    }
}
