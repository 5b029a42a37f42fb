using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(x, 0), 6): Howard et al. 2017, arXiv:1704.04861. The derivative at 0 and at 6 is 0.</summary>
public sealed class ReLU6 : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new ReLU6();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "ReLU6";
}
