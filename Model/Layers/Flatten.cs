using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>[N, H, W, C] to [N, C·H·W], channel-major as in PyTorch and ONNX, so that the weights of the next layer interchange unchanged.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Length);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Flatten();

    internal override void Forward(LayerContext context)
    {
        Shape x = context.Input.Shape;
        Rearrangement.Transpose(context.Batch, x.Plane, x.Channels, context.Input.Span, context.Output.Span, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            Rearrangement.Transpose(context.Batch, dx.Shape.Channels, dx.Shape.Plane, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "Flatten";
}
