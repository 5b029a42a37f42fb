using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// Zeroes whole images of a residual branch with probability p and scales the rest by 1 / (1 - p): Huang et al. 2016, arXiv:1603.09382.
/// </summary>
/// <remarks>
/// x of any shape; torchvision's StochasticDepth in its mode "row". A dropped image goes through its block's shortcut alone. Training only;
/// the identity otherwise. Which images are dropped is a function of <see cref="LayerContext.Seed"/> and the position in the batch alone.
/// </remarks>
internal sealed class StochasticDepth : RandomDropLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability of dropping, 0 up to but not including 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside of that.</exception>
    public StochasticDepth(float rate)
        : base(rate)
    {
    }

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads) => batch;

    internal override Layer Clone() => new StochasticDepth(Rate);

    /// <summary>A factor an image: 0 or 1 / (1 - p).</summary>
    internal void Draw(LayerContext context, Span<float> factors)
    {
        factors.Fill(1);
        if (Rate > 0) RandomDrop.Apply(context.Seed, Rate, factors, factors, context.Team);
    }

    private protected override void Drop(LayerContext context, Tensor from, Tensor to)
    {
        Span<float> factors = context.Scratch[..from.Batch];
        Draw(context, factors);
        Planes.ScaleImages(from.Span, factors, to.Span, context.Team);
    }
}
