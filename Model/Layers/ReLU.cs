using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = max(x, 0). The derivative at 0 is 0.</summary>
internal sealed class ReLU : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new ReLU();

    internal override void Forward(LayerContext context) => Elementwise.Map<Rectifier>(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map<Rectifier>(context.Output.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "ReLU";
}
