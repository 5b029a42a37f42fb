using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Zeroes whole channels of an image with probability p and scales the rest by 1 / (1 - p): Tompson et al. 2015, arXiv:1411.4280.</summary>
/// <remarks>Training only; the identity otherwise. Which values are dropped is a function of <see cref="LayerContext.Seed"/> and the position alone.</remarks>
public sealed class SpatialDropout : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability of dropping, 0 up to but not including 1.</param>
    public SpatialDropout(float rate)
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

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads) => inputs[0].Channels;

    internal override Layer Clone() => new SpatialDropout(Rate);

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
    public override string ToString() => $"SpatialDropout({Rate})";

    private void Apply(LayerContext context, Tensor from, Tensor to)
    {
        Shape shape = from.Shape;
        Span<float> mask = context.Scratch[..shape.Channels];
        for (int n = 0; n < from.Batch; n++)
        {
            CounterRandom.Mask(context.Seed, n * shape.Channels, Rate, mask);
            ReadOnlySpan<float> x = from.Image(n);
            Span<float> y = to.Image(n);
            for (int pixel = 0; pixel < x.Length; pixel += shape.Channels)
                for (int c = 0; c < shape.Channels; c++) y[pixel + c] = x[pixel + c] * mask[c];
        }
    }
}
