using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(x, 0), 6): Howard et al. 2017, arXiv:1704.04861. The derivative at 0 and at 6 is 0.</summary>
internal sealed class ReLU6 : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new ReLU6();

    internal override void Forward(LayerContext context) => Elementwise.Map<Rectifier6>(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map<Rectifier6>(context.Output.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "ReLU6";
}
