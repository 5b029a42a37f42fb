using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = x · min(max(x / 6 + 1/2, 0), 1): Howard et al. 2019, arXiv:1905.02244.</summary>
internal sealed class HardSwish : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override Layer Clone() => new HardSwish();

    internal override void Forward(LayerContext context) => Elementwise.Map<Function>(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map<Derivative>(context.Input.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "HardSwish";

    private readonly struct Function : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L>
            => x * L.Min(L.Max(L.FusedMultiplyAdd(x, L.Broadcast(1f / 6), L.Broadcast(0.5f)), L.Broadcast(0)), L.Broadcast(1));
    }

    private readonly struct Derivative : IBinaryOperator
    {
        // dx = dy · (0 up to -3, 1 from 3 on, x / 3 + 1/2 between)
        public L Apply<L>(L x, L dy) where L : struct, ILanes<L>
            => L.Select(x, L.Broadcast(-3), L.Select(L.Broadcast(3), x, dy * L.FusedMultiplyAdd(x, L.Broadcast(1f / 3), L.Broadcast(0.5f)), dy), L.Broadcast(0));
    }
}
