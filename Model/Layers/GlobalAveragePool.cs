using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y[n, c] = mean over H, W of x[n, h, w, c]: Lin et al. 2013, arXiv:1312.4400.</summary>
public sealed class GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Channels);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new GlobalAveragePool();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "GlobalAveragePool";
}
