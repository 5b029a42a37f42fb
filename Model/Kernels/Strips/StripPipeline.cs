namespace EmotionMLNet.Kernels.Strips;

/// <summary>
/// Runs a chain of operations depth first, a strip of rows at a time, so that what lies between them never leaves a core's cache; only
/// the first input and the last output are whole tensors. Results are those of the operations one after another, bit for bit.
/// </summary>
/// <remarks>Threads split the rows of all pictures; where one begins in the middle of a picture, it computes the few rows above its first
/// that its windows reach by itself. There is no barrier between the operations.</remarks>
internal sealed unsafe class StripPipeline(StripStage[] stages, StripPlan plan)
{
    /// <summary>Floats of scratch.</summary>
    public long ScratchFloats(int threads) => threads * plan.PartFloats;

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">Pictures.</param>
    /// <param name="inputs">The tensors outside of the pipeline that its stages read.</param>
    /// <param name="inputFloats">Floats of one picture of each.</param>
    /// <param name="output">Receives the last stage's output.</param>
    /// <param name="scratch">Working memory, aligned to 64 bytes and pinned; its length is that of the plan.</param>
    /// <param name="team">Threads that share the rows.</param>
    public void Run(int batch, PinnedFloats[] inputs, int[] inputFloats, PinnedFloats output, PinnedFloats scratch, ThreadTeam team)
    {
        fixed (PinnedFloats* x = inputs)
        fixed (int* floats = inputFloats)
        {
            var job = new Job(this, batch, x, floats, output.Address, scratch.Address);
            team.Run(ref job);
        }
    }

    // A class in a job: the reference lives on the caller's stack while the team runs.
    private readonly struct Job(StripPipeline pipeline, int batch, PinnedFloats* inputs, int* inputFloats, float* y, float* scratch)
        : ITeamJob
    {
        public void Run(int part, int parts) => pipeline.Part(part, parts, batch, inputs, inputFloats, y, scratch);
    }

    private void Part(int part, int parts, int batch, PinnedFloats* inputs, int* inputFloats, float* y, float* scratch)
    {
        StripKernel last = stages[^1].Kernel;
        int steps = (last.OutHeight + last.RowStep - 1) / last.RowStep;
        (int start, int end) = ThreadTeam.Range(batch * steps, part, parts);
        float* memory = scratch + part * (nint)plan.PartFloats;
        while (start < end)
        {
            (int n, int step) = Math.DivRem(start, steps);
            int count = Math.Min(end - start, steps - step);
            Picture(
                n,
                step * last.RowStep,
                Math.Min((step + count) * last.RowStep, last.OutHeight),
                inputs,
                inputFloats,
                y + (nint)n * last.OutHeight * last.OutRowFloats,
                memory
            );
            start += count;
        }
    }

    // Rows [first, end) of the last stage of picture n.
    private void Picture(int n, int first, int end, PinnedFloats* inputs, int* inputFloats, float* y, float* memory)
    {
        int count = stages.Length;
        Span<int> done = stackalloc int[count], origin = stackalloc int[count], until = stackalloc int[count], keep = stackalloc int[count];
        plan.Begin(first, done);
        done.CopyTo(origin);
        for (int row = first; row < end; row += plan.StripRows)
        {
            plan.Advance(done, Math.Min(row + plan.StripRows, end), until, keep);
            for (int i = 0; i < count; i++)
            {
                StripStage stage = stages[i];
                if (until[i] <= done[i]) continue;
                if (i < count - 1) Slide(i, keep[i], done[i], until[i], ref origin[i], memory);
                stage.Kernel.Rows(done[i], until[i], Row0(stage.Input, n, origin, inputs, inputFloats, memory),
                    stage.Residual is { } residual ? Row0(residual, n, origin, inputs, inputFloats, memory) : null,
                    i < count - 1 ? Row0(i, n, origin, inputs, inputFloats, memory) : y, memory + plan.ScratchOffset);
            }
            until.CopyTo(done);
        }
    }

    // Where row 0 of a stage's output would lie, were all rows kept.
    private float* Row0(int stage, int n, Span<int> origin, PinnedFloats* inputs, int* inputFloats, float* memory)
        => stage < 0 ? inputs[~stage].Address + (nint)n * inputFloats[~stage]
            : memory + plan.Offsets[stage] - (nint)origin[stage] * stages[stage].Kernel.OutRowFloats;

    // Makes room for rows up to end by moving the rows from keep on to the front of the buffer.
    private void Slide(int stage, int keep, int done, int end, ref int origin, float* memory)
    {
        if (end - origin <= plan.BufferRows[stage]) return;
        int from = Math.Min(keep, done), row = stages[stage].Kernel.OutRowFloats;
        float* buffer = memory + plan.Offsets[stage];
        long bytes = (long)(done - from) * row * sizeof(float);
        Buffer.MemoryCopy(buffer + (nint)(from - origin) * row, buffer, bytes, bytes);
        origin = from;
    }
}
