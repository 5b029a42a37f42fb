using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// What layers share that zero something with probability p and scale the rest by 1 / (1 - p); they differ in what is dropped together.
/// </summary>
/// <remarks>
/// Training only; the identity otherwise. What is dropped is a function of <see cref="LayerContext.Seed"/> and the position alone.
/// </remarks>
internal abstract class RandomDropLayer : Layer
{
    private protected RandomDropLayer(float rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1f);
        Rate = rate;
    }

    /// <summary>Probability of dropping, 0 up to but not including 1.</summary>
    public float Rate { get; }

    internal override bool InPlace => true;

    internal override bool TrainingOnly => true;

    internal override BackwardReads Reads => BackwardReads.Nothing;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({Rate})";

    // Y = mask · x.
    internal override void Forward(LayerContext context) => Apply(context, context.Input, context.Output, drop: context.Training);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            Apply(context, context.OutputGradient!, dx, drop: true); // dx = mask · dy, the mask drawn again
    }

    /// <summary>Draws the mask of a step and multiplies by it; the rate is above 0.</summary>
    private protected abstract void Drop(LayerContext context, Tensor from, Tensor to);

    private void Apply(LayerContext context, Tensor from, Tensor to, bool drop)
    {
        if (drop && Rate > 0) Drop(context, from, to);
        else if (from.Span != to.Span) Rearrangement.Copy(from.Span, to.Span, context.Team);
    }
}
