using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y[c] = exp(x[c]) / Σ exp(x[k]) over channels, shifted by the maximum so that nothing overflows.</summary>
public sealed class Softmax : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new Softmax();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "Softmax";
}
