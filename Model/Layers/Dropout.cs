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

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => $"Dropout({Rate})";
}
