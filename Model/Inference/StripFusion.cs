using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Inference;

/// <summary>
/// Gathers steps into <see cref="StripStep"/>s where what lies between them is too large for a core's cache but strips of it are not.
/// </summary>
internal sealed class StripFusion(IReadOnlyList<InferenceStep> steps)
{
    // Less than this per image, and it would have stayed in the cache anyway.
    private const int WorthwhileFloats = 32 * 1024;

    private readonly GraphReaders readers = new(steps.Count, i => steps[i].Inputs);

    public IReadOnlyList<InferenceStep> Steps()
    {
        var fused = new List<InferenceStep>();
        var numbers = new int[steps.Count];
        int Number(int step) => step < 0 ? step : numbers[step];
        for (int first = 0; first < steps.Count;)
        {
            int end = End(first, out StripStage[] stages, out StripPlan? plan, out List<int> inputs);
            if (plan is null)
            {
                steps[first].Renumber(Number);
                fused.Add(steps[first]);
            }
            else fused.Add(new StripStep([.. steps.Skip(first).Take(end - first)], stages, plan, [.. inputs.Select(Number)]));
            for (; first < end; first++) numbers[first] = fused.Count - 1;
        }
        return fused;
    }

    // One past the last step of the longest chain from here on; without a plan the step stays alone.
    private int End(int first, out StripStage[] stages, out StripPlan? plan, out List<int> inputs)
    {
        (stages, plan, inputs) = ([], null, []);
        int best = first + 1;
        for (int end = first + 1; end <= steps.Count && steps[end - 1].Strips is not null; end++)
        {
            if (end - first < 2 || Escapes(first, end) || Between(first, end) < WorthwhileFloats) continue;
            (StripStage[] candidate, List<int> outside) = Stages(first, end);
            if (StripPlan.Make(candidate) is not { } made) continue;
            (best, stages, plan, inputs) = (end, candidate, made, outside);
        }
        return best;
    }

    private long Between(int first, int end) => steps.Skip(first).Take(end - first - 1).Sum(s => (long)s.Output.Length);

    // Whether a later step reads anything but the last output.
    private bool Escapes(int first, int end) => Enumerable.Range(first, end - 1 - first).Any(i => readers.Last(i) >= end);

    private (StripStage[] Stages, List<int> Inputs) Stages(int first, int end)
    {
        var inputs = new List<int>();
        int AddInput(int step)
        {
            if (step >= first) return step - first;
            if (!inputs.Contains(step)) inputs.Add(step);
            return StripStage.External(inputs.IndexOf(step));
        }
        StripStage[] stages =
        [
            .. steps
                .Skip(first)
                .Take(end - first)
                .Select(s => new StripStage(s.Strips!, AddInput(s.Inputs[0]), s.Inputs.Count > 1 ? AddInput(s.Inputs[1]) : null)),
        ];
        return (stages, inputs);
    }
}
