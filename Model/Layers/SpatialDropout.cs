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

    internal override Layer Clone() => new SpatialDropout(Rate);

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => $"SpatialDropout({Rate})";
}
