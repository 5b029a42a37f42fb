using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Zeroes values with probability p and scales the rest by 1 / (1 - p): Srivastava et al. 2014.</summary>
/// <remarks>
/// Training only; the identity otherwise. Which values are dropped is a function of <see cref="LayerContext.Seed"/> and the position alone.
/// </remarks>
internal sealed class Dropout : RandomDropLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability of dropping, 0 up to but not including 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside of that.</exception>
    public Dropout(float rate)
        : base(rate)
    {
    }

    internal override Layer Clone() => new Dropout(Rate);

    private protected override void Drop(LayerContext context, Tensor from, Tensor to) =>
        RandomDrop.Apply(context.Seed, Rate, from.Span, to.Span, context.Team);
}
