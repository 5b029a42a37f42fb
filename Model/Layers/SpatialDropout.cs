using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// Zeroes whole channels of an image with probability p and scales the rest by 1 / (1 - p): Tompson et al. 2015, arXiv:1411.4280.
/// </summary>
/// <remarks>
/// Training only; the identity otherwise. Which values are dropped is a function of <see cref="LayerContext.Seed"/> and the position alone.
/// </remarks>
internal sealed class SpatialDropout : RandomDropLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability of dropping, 0 up to but not including 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside of that.</exception>
    public SpatialDropout(float rate)
        : base(rate)
    {
    }

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads) => (long)batch * inputs[0].Channels;

    internal override Layer Clone() => new SpatialDropout(Rate);

    private protected override void Drop(LayerContext context, Tensor from, Tensor to)
    {
        Span<float> mask = context.Scratch[..(from.Batch * from.Shape.Channels)];
        mask.Fill(1);
        RandomDrop.Apply(context.Seed, Rate, mask, mask, context.Team);
        Planes.Scale(from.Span, mask, to.Span, from.Shape.Plane, from.Shape.Channels, context.Team);
    }
}
