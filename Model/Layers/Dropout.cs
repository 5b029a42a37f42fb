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

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Dropout(Rate);

    internal override void Forward(LayerContext context)
    {
        if (context.Training && Rate > 0) Apply(context, context.Input, context.Output);
        else if (!ReferenceEquals(context.Input, context.Output)) context.Input.Span.CopyTo(context.Output.Span);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        if (Rate > 0) Apply(context, context.OutputGradient!, dx);   // dx = mask · dy, the mask drawn again
        else context.OutputGradient!.Span.CopyTo(dx.Span);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dropout({Rate})";

    private void Apply(LayerContext context, Tensor from, Tensor to)
    {
        const int block = 256;
        Span<float> mask = stackalloc float[block];
        ReadOnlySpan<float> x = from.Span;
        Span<float> y = to.Span;
        for (int start = 0; start < x.Length; start += block)
        {
            int count = Math.Min(block, x.Length - start);
            CounterRandom.Mask(context.Seed, start, Rate, mask[..count]);
            for (int i = 0; i < count; i++) y[start + i] = x[start + i] * mask[i];
        }
    }
}
