using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>[N, H, W, C] to [N, C·H·W], channel-major as in PyTorch and ONNX, so that the weights of the next layer interchange unchanged.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Length);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Flatten();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "Flatten";
}
