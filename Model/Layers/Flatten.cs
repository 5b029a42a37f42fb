using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// [N, H, W, C] to a vector: [N, C·H·W], channel-major as in PyTorch and ONNX, so that the weights of the next layer interchange unchanged.
/// </summary>
internal sealed class Flatten : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="channelsLast">[N, H·W·C] instead: TensorFlow's order, for networks that come from there.</param>
    public Flatten(bool channelsLast = false) => ChannelsLast = channelsLast;

    /// <summary>Whether channels vary fastest.</summary>
    public bool ChannelsLast { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Length);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Flatten(ChannelsLast);

    internal override void Forward(LayerContext context)
    {
        Shape x = context.Input.Shape;
        if (ChannelsLast) Rearrangement.Copy(context.Input.Span, context.Output.Span, context.Team);
        else Rearrangement.Transpose(context.Batch, x.Plane, x.Channels, context.Input.Span, context.Output.Span, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        if (ChannelsLast) Rearrangement.Copy(context.OutputGradient!.Span, dx.Span, context.Team);
        else Rearrangement.Transpose(context.Batch, dx.Shape.Channels, dx.Shape.Plane, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => ChannelsLast ? "Flatten(channels last)" : "Flatten";
}
