using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = 1 / (1 + exp(-x)).</summary>
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new Sigmoid();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "Sigmoid";
}
