using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = max(x, 0). The derivative at 0 is 0.</summary>
public sealed class ReLU : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new ReLU();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "ReLU";
}
