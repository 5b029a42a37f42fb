using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>
/// Batch norm with the sum and the rectifier behind it in one pass each way. The mask of a rectifier comes from batch norm's input again
/// or, where a sum stands between, from the output, which the next layer keeps anyway.
/// </summary>
internal sealed class BatchNormStep<TActivation>(
    BatchNorm norm,
    FusedGroup group,
    LayerContext context,
    (Tensor Sum, Tensor Summand)[] sums
) : ITrainingStep
    where TActivation : struct, IActivation
{
    private readonly bool masks = group.HasResidual && typeof(TActivation) != typeof(Identity);

    public FusedGroup Group => group;

    public string Algorithm => "";

    public void Forward(ulong seed) =>
        norm.Forward<TActivation>(context, group.HasResidual ? context.Inputs[1].Span : default, context.Output.Span);

    public void BackwardWeights() { }

    public void BackwardData()
    {
        if (context.OutputGradient is null) return;
        norm.Backward<TActivation>(context, masks ? context.Output.Span : default, context.InputGradients[0]);
        TrainingPlan.AddUp(sums, context.Team);
    }
}

/// <summary>
/// Batch norm, a rectifier and max pooling over windows of 2x2 in one pass forward and two back; see <see cref="BatchNormPooling"/>.
/// </summary>
internal sealed class BatchNormPoolStep<TActivation>(
    BatchNorm norm,
    FusedGroup group,
    PoolGeometry windows,
    LayerContext context,
    (Tensor Sum, Tensor Summand)[] sums
) : ITrainingStep
    where TActivation : struct, IActivation
{
    public FusedGroup Group => group;

    public string Algorithm => "";

    public void Forward(ulong seed) => norm.ForwardPooled<TActivation>(context, windows);

    public void BackwardWeights() { }

    public void BackwardData()
    {
        if (context.OutputGradient is null) return;
        norm.BackwardPooled<TActivation>(context, windows);
        TrainingPlan.AddUp(sums, context.Team);
    }
}

/// <summary>Makes either of them for whichever activation stands behind batch norm.</summary>
/// <param name="norm">The layer.</param>
/// <param name="group">The group with all that is fused into it.</param>
/// <param name="windows">The windows of the max pooling at the end, if there is one.</param>
/// <param name="context">Its memory.</param>
/// <param name="sums">Gradients that must be added up after Backward: Sum += Summand.</param>
internal sealed class BatchNormSteps(
    BatchNorm norm, FusedGroup group, PoolGeometry? windows, LayerContext context, (Tensor Sum, Tensor Summand)[] sums)
    : IActivationFactory<ITrainingStep>
{
    public ITrainingStep Make<TActivation>() where TActivation : struct, IActivation => windows is { } pooled
        ? new BatchNormPoolStep<TActivation>(norm, group, pooled, context, sums)
        : new BatchNormStep<TActivation>(norm, group, context, sums);
}
