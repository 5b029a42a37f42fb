using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>Several steps that are run depth first, a few rows at a time: what lies between them never becomes a tensor.</summary>
internal sealed class StripStep : InferenceStep
{
    private readonly IReadOnlyList<InferenceStep> steps;
    private readonly StripPipeline pipeline;
    private readonly StripPlan plan;

    /// <param name="steps">The steps in order; the last one's output is the output of all.</param>
    /// <param name="stages">The same steps as stages of a pipeline.</param>
    /// <param name="plan">The plan of the stages.</param>
    /// <param name="inputs">Steps outside whose outputs are read, in the order of the stages' external numbers.</param>
    public StripStep(IReadOnlyList<InferenceStep> steps, StripStage[] stages, StripPlan plan, IReadOnlyList<int> inputs)
        : base(inputs, steps[^1].Output)
    {
        this.steps = steps;
        this.plan = plan;
        pipeline = new StripPipeline(stages, plan);
    }

    public override long MultiplyAdds => steps.Sum(s => s.MultiplyAdds);

    public override long WeightFloats(int batch) => steps.Sum(s => s.WeightFloats(batch));

    public override long ScratchFloats(int batch, int threads) => pipeline.ScratchFloats(threads);

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
    {
        PinnedFloats[] from = [.. inputs.Select(t => PinnedFloats.Of(t.Span))];
        int[] floats = [.. inputs.Select(t => t.Shape.Length)];
        PinnedFloats to = PinnedFloats.Of(output.Span), memory = PinnedFloats.Of(scratch.Slice(0, scratch.Length));
        return () => pipeline.Run(inputs[0].Batch, from, floats, to, memory, team);
    }

    public override string ToString() => $"strips of {plan.StripRows} rows: {string.Join(", ", steps)}";
}
