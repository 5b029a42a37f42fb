using System.Diagnostics;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>
/// Memory to run an <see cref="InferencePlan"/> on up to <c>batch</c> images at a time; one caller at a time. A run allocates nothing.
/// </summary>
internal sealed class InferenceSession
{
    private readonly InferencePlan plan;
    private readonly Action[] calls;
    private readonly Tensor[] values;

    /// <summary>Plans all memory.</summary>
    /// <param name="plan">Shared with other sessions.</param>
    /// <param name="batch">Most images a run.</param>
    /// <param name="team">Threads that every kernel is split over.</param>
    /// <param name="memory">
    /// Gives so many floats at least, the same to several sessions that never run at once; null: the session has memory of its own.
    /// </param>
    public InferenceSession(InferencePlan plan, int batch, ThreadTeam team, Func<long, Arena>? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        this.plan = plan;
        (MemoryPlanner planner, int[] buffers) = PlanValues(plan, batch);
        long[] lengths =
        [
            (long)batch * plan.InputShape.Length,
            (long)batch * plan.Classes,
            planner.Total,
            plan.Steps.Max(s => s.ScratchFloats(batch, team.Threads)),
        ];
        Arena[] arenas = [.. memory is null ? lengths.Select(l => new Arena(l)) : Cut(memory(lengths.Sum(Arena.Align)), lengths)];
        Input = new Tensor(arenas[0], 0, batch, plan.InputShape);
        Probabilities = new Tensor(arenas[1], 0, batch, Shape.Vector(plan.Classes));
        values = [.. plan.Steps.Select((s, i) => new Tensor(arenas[2], planner.OffsetOf(buffers[i]), batch, s.Storage))];
        Arena scratch = arenas[3];
        calls = [.. plan.Steps.Select((s, i) => s.Bind([.. s.Inputs.Select(Value)], values[i], scratch, team))];
    }

    /// <summary>Normalised images, NHWC; the caller sets Batch and fills it.</summary>
    public Tensor Input { get; }

    /// <summary>[N, Outputs] after <see cref="Run"/>.</summary>
    public Tensor Logits => values[^1];

    /// <summary>[N, Classes] after <see cref="Run"/>: each row sums to 1.</summary>
    public Tensor Probabilities { get; }

    /// <summary>Computes logits and probabilities of Input.Batch images.</summary>
    public void Run()
    {
        RunToLogits();
        End();
    }

    /// <summary>The same without the probabilities.</summary>
    public void RunToLogits()
    {
        Begin();
        foreach (Action call in calls) call();
    }

    /// <summary>The same, and shows every step's values before a later step overwrites them.</summary>
    public void Observe(Action<int, ReadOnlySpan<float>> seen)
    {
        Begin();
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i]();
            seen(i, values[i].Span);
        }
        End();
    }

    private void Begin()
    {
        foreach (Tensor value in values) value.Batch = Input.Batch;
        Probabilities.Batch = Input.Batch;
    }

    // Logits to probabilities.
    private void End()
    {
        if (plan.Head == OutputHead.Sigmoid) Kernels.Probabilities.Sigmoid(Logits.Span, Probabilities.Span);
        else Kernels.Probabilities.Softmax(Logits.Span, Probabilities.Span, plan.Classes);
    }

    /// <summary>Times every step by itself, in order, so that each finds its inputs as a real run leaves them.</summary>
    /// <param name="runs">Timed runs, at least 1, after two that are not counted.</param>
    public IReadOnlyList<StepProfile> Profile(int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        Run();
        Run();
        var best = new TimeSpan[calls.Length];
        Array.Fill(best, TimeSpan.MaxValue);
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < calls.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                calls[i]();
                TimeSpan taken = Stopwatch.GetElapsedTime(start);
                if (taken < best[i]) best[i] = taken;
            }
        }
        return
        [
            .. plan.Steps.Select((s, i) => new StepProfile(s.Describe(Input.Capacity), best[i], Input.Batch * s.MultiplyAdds, Bytes(s))),
        ];
    }

    private long Bytes(InferenceStep step) =>
        sizeof(float)
        * (
            step.WeightFloats(Input.Capacity)
            + Input.Batch * ((long)step.Storage.Length + step.Inputs.Sum(i => (long)Value(i).Shape.Length))
        );

    private Tensor Value(int step) => step == Network.Input ? Input : values[step];

    private static IEnumerable<Arena> Cut(Arena whole, long[] lengths)
    {
        long offset = 0;
        foreach (long length in lengths)
        {
            yield return new Arena(whole, checked((int)offset), checked((int)length));
            offset += Arena.Align(length);
        }
    }

    private static (MemoryPlanner Planner, int[] Buffers) PlanValues(InferencePlan plan, int batch)
    {
        var planner = new MemoryPlanner();
        int count = plan.Steps.Count;
        var buffers = new int[count];
        for (int i = 0; i < count; i++)
        {
            InferenceStep step = plan.Steps[i];
            int first = step.Inputs[0];
            bool shares = step.InPlace && first != Network.Input && plan.LastReader(first) == i && step.Inputs.Count(j => j == first) == 1;
            buffers[i] = shares ? buffers[first] : planner.Add((long)batch * step.Storage.Length, birth: i);
            foreach (int input in step.Inputs)
                if (input != Network.Input) planner.Use(buffers[input], i);
        }
        planner.Use(buffers[^1], count);
        planner.Place();
        return (planner, buffers);
    }
}
