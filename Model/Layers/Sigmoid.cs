using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = 1 / (1 + exp(-x)).</summary>
internal sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new Sigmoid();

    internal override void Forward(LayerContext context) => Elementwise.Map<Function>(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map<Derivative>(context.Output.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "Sigmoid";

    // Beyond ±80 the exponential leaves the normal floats; the result is 0 or 1 to all digits long before.
    internal static L Of<L>(L x) where L : struct, ILanes<L>
        => L.Broadcast(1) / (L.Broadcast(1) + L.Exp(L.Broadcast(0) - L.Max(L.Min(x, L.Broadcast(80)), L.Broadcast(-80))));

    private readonly struct Function : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L> => Of(x);
    }

    private readonly struct Derivative : IBinaryOperator
    {
        public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => dy * y * (L.Broadcast(1) - y); // dx = dy y (1 - y)
    }
}
