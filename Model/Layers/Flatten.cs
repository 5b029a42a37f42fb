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
        for (int n = 0; n < context.Batch; n++) Rows.Transpose(context.Input.Image(n), x.Plane, x.Channels, context.Output.Image(n));
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        for (int n = 0; n < context.Batch; n++) Rows.Transpose(context.OutputGradient!.Image(n), dx.Shape.Channels, dx.Shape.Plane, dx.Image(n));
    }

    /// <inheritdoc/>
    public override string ToString() => "Flatten";
}
