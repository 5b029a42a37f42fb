using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Zeroes values with probability p and scales the rest by 1 / (1 - p): Srivastava et al. 2014.</summary>
/// <remarks>Training only; the identity otherwise. Which values are dropped is a function of <see cref="LayerContext.Seed"/> and the position alone.</remarks>
public sealed class Dropout : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability of dropping, 0 up to but not including 1.</param>
    public Dropout(float rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1f);
        Rate = rate;
    }

    /// <summary>Probability of dropping.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override bool TrainingOnly => true;

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Dropout(Rate);

    internal override void Forward(LayerContext context) => Apply(context, context.Input, context.Output, drop: context.Training); // y = mask · x

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Apply(context, context.OutputGradient!, dx, drop: true); // dx = mask · dy, the mask drawn again
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dropout({Rate})";

    private void Apply(LayerContext context, Tensor from, Tensor to, bool drop)
    {
        if (drop && Rate > 0) RandomDrop.Apply(context.Seed, Rate, from.Span, to.Span, context.Team);
        else if (from.Span != to.Span) Rearrangement.Copy(from.Span, to.Span, context.Team);
    }
}
