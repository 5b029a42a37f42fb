using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = x / (1 + exp(-x)), also called swish: Elfwing et al. 2017, arXiv:1702.03118.</summary>
internal sealed class SiLU : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override Layer Clone() => new SiLU();

    internal override void Forward(LayerContext context) => Elementwise.Map<Function>(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map<Derivative>(context.Input.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "SiLU";

    private readonly struct Function : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L> => x * Sigmoid.Of(x);
    }

    private readonly struct Derivative : IBinaryOperator
    {
        // dx = dy s (1 + x (1 - s)), s = sigmoid(x)
        public L Apply<L>(L x, L dy) where L : struct, ILanes<L>
        {
            L s = Sigmoid.Of(x), one = L.Broadcast(1);
            return dy * s * (one + x * (one - s));
        }
    }
}
