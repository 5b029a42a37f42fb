namespace EmotionMLNet.Kernels.Strips;

/// <summary>
/// How a chain of operations is run a few rows at a time: how many rows of the last one make a strip, and how many rows each of the
/// others has to keep so that none is ever computed twice.
/// </summary>
/// <remarks>Line buffers, as image pipelines have them (Ragan-Kelley et al. 2013, Halide: "sliding window"): a stage's buffer moves down
/// the picture, and what the next strip still needs is moved to its front.</remarks>
internal sealed class StripPlan
{
    // Most of the L2 of the machine that this was measured on (1 MiB); the rest is for what streams through.
    private const long CacheFloats = 896 * 1024 / sizeof(float);

    private readonly StripStage[] stages;
    private readonly int[] mostRows;

    private StripPlan(StripStage[] stages, int stripRows)
    {
        this.stages = stages;
        StripRows = stripRows;
        BufferRows = new int[stages.Length];
        mostRows = new int[stages.Length];
        int step = stages[^1].Kernel.RowStep, height = stages[^1].Kernel.OutHeight;
        for (int start = 0; start < height; start += step) Simulate(start);
        Offsets = new long[stages.Length];
        long floats = 0;
        for (int i = 0; i < stages.Length - 1; i++)
        {
            Offsets[i] = floats;
            floats += Align((long)BufferRows[i] * stages[i].Kernel.OutRowFloats);
        }
        ScratchOffset = floats;
        PartFloats = floats + Align(stages.Max(s => s.Kernel.ScratchFloats));
    }

    /// <summary>Rows of the last stage that are computed at a time.</summary>
    public int StripRows { get; }

    /// <summary>Rows that each stage's buffer holds.</summary>
    public int[] BufferRows { get; }

    /// <summary>Where each stage's buffer begins in a thread's memory.</summary>
    public long[] Offsets { get; }

    /// <summary>Where the kernels' scratch begins.</summary>
    public long ScratchOffset { get; }

    /// <summary>Memory of one thread.</summary>
    public long PartFloats { get; }

    private bool Fits =>
        stages.Sum(s => s.Kernel.WeightFloats) is var weights && weights <= CacheFloats / 2 && PartFloats + weights <= CacheFloats;

    // Whether every stage has enough to do in a strip for its weights to be worth reading.
    private bool IsWorthwhile => stages.Select((s, i) => mostRows[i] >= Math.Min(s.Kernel.WorthwhileRows, s.Kernel.OutHeight)).All(b => b);

    /// <summary>
    /// The plan with the highest strips whose buffers and weights stay in a core's cache; null if those are too low to be worthwhile.
    /// </summary>
    public static StripPlan? Make(StripStage[] stages)
    {
        StripKernel last = stages[^1].Kernel;
        int highest = (last.OutHeight + last.RowStep - 1) / last.RowStep;
        StripPlan? best = null;
        for (int low = 1, high = highest; low <= high;)
        {
            int middle = (low + high) / 2;
            var plan = new StripPlan(stages, middle * last.RowStep);
            if (plan.Fits) (best, low) = (plan, middle + 1);
            else high = middle - 1;
        }
        best = best?.Even(highest, last.RowStep);
        return best is { IsWorthwhile: true } ? best : null;
    }

    /// <summary>What each stage computes for one strip.</summary>
    /// <param name="done">Rows that each stage has computed; on the first strip of a range its first row.</param>
    /// <param name="stripEnd">End of the strip.</param>
    /// <param name="end">Receives how far each stage has to come.</param>
    /// <param name="keep">Receives the first row of each stage that is read during this strip.</param>
    public void Advance(ReadOnlySpan<int> done, int stripEnd, Span<int> end, Span<int> keep)
    {
        int last = stages.Length - 1;
        done.CopyTo(end);
        keep.Fill(int.MaxValue);
        end[last] = stripEnd;
        for (int i = last; i >= 0; i--)
        {
            StripKernel kernel = stages[i].Kernel;
            if (i < last) end[i] = Math.Min((end[i] + kernel.RowStep - 1) / kernel.RowStep * kernel.RowStep, kernel.OutHeight);
            if (done[i] >= kernel.OutHeight) continue;
            // A stage that has nothing to do now still needs what its next rows are made of.
            (int from, int to) = kernel.Reads(done[i], Math.Max(end[i], done[i] + 1));
            bool works = end[i] > done[i];
            Need(stages[i].Input, from, works ? to : 0, end, keep);
            if (stages[i].Residual is { } residual) Need(residual, done[i], works ? end[i] : 0, end, keep);
        }
    }

    /// <summary>The first row of each stage for a range of the last stage's rows that begins in the middle of a picture.</summary>
    public void Begin(int first, Span<int> begin)
    {
        int last = stages.Length - 1;
        begin.Fill(int.MaxValue);
        begin[last] = first;
        for (int i = last; i >= 0; i--)
        {
            StripKernel kernel = stages[i].Kernel;
            begin[i] = begin[i] / kernel.RowStep * kernel.RowStep;
            if (stages[i].Input >= 0) begin[stages[i].Input] = Math.Min(begin[stages[i].Input], kernel.Reads(begin[i], begin[i] + 1).First);
            if (stages[i].Residual is >= 0 and { } residual) begin[residual] = Math.Min(begin[residual], begin[i]);
        }
    }

    private static void Need(int stage, int from, int to, Span<int> end, Span<int> keep)
    {
        if (stage < 0) return;
        end[stage] = Math.Max(end[stage], to);
        keep[stage] = Math.Min(keep[stage], from);
    }

    private static long Align(long floats) => (floats + 15) / 16 * 16;

    // As many strips as the highest ones would take, but of equal heights.
    private StripPlan Even(int steps, int step)
    {
        int strips = (steps * step + StripRows - 1) / StripRows, even = (steps + strips - 1) / strips * step;
        return even == StripRows ? this : new StripPlan(stages, even);
    }

    private void Simulate(int start)
    {
        int count = stages.Length, height = stages[^1].Kernel.OutHeight;
        Span<int> done = stackalloc int[count], end = stackalloc int[count], keep = stackalloc int[count];
        Begin(start, done);
        for (int row = start; row < height; row += StripRows)
        {
            Advance(done, Math.Min(row + StripRows, height), end, keep);
            for (int i = 0; i < count; i++)
            {
                mostRows[i] = Math.Max(mostRows[i], end[i] - done[i]);
                if (keep[i] != int.MaxValue) BufferRows[i] = Math.Max(BufferRows[i], end[i] - Math.Min(keep[i], done[i]));
                done[i] = end[i];
            }
        }
    }
}
