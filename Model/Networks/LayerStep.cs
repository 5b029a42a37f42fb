using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>One layer run on its own.</summary>
/// <param name="layer">The function.</param>
/// <param name="context">Its memory; without OutputGradient it is not differentiated.</param>
/// <param name="group">Itself alone; its index is part of the seed of its random draws.</param>
/// <param name="sums">Gradients that must be added up after Backward: Sum += Summand.</param>
internal sealed class LayerStep(Layer layer, LayerContext context, FusedGroup group, (Tensor Sum, Tensor Summand)[] sums) : ITrainingStep
{
    private readonly ProductLayer? product = layer as ProductLayer;

    public FusedGroup Group => group;

    public string Algorithm => product?.Algorithm(context.Input.Shape) ?? "";

    public void Forward(ulong seed)
    {
        context.Seed = seed + 0x9E3779B97F4A7C15UL * (ulong)(group.First + 1); // the golden-ratio stride of SplitMix64 keeps nodes apart
        layer.Forward(context);
    }

    public void BackwardWeights()
    {
        if (context.OutputGradient is not null) product?.BackwardWeights(context);
    }

    public void BackwardData()
    {
        if (context.OutputGradient is null) return;
        if (product is not null) product.BackwardData(context);
        else layer.Backward(context);
        TrainingPlan.AddUp(sums, context.Team);
    }
}
