using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(α x + β, 0), 1): Courbariaux et al. 2015, arXiv:1511.00363; with α = 1/6, β = 1/2 that of MobileNetV3, arXiv:1905.02244.</summary>
internal sealed class HardSigmoid : Layer
{
    /// <summary>Creates the layer, by default PyTorch's and MobileNetV3's.</summary>
    public HardSigmoid(float alpha = 1f / 6, float beta = 0.5f) => (Alpha, Beta) = (alpha, beta);

    /// <summary>Slope.</summary>
    public float Alpha { get; }

    /// <summary>Value at 0.</summary>
    public float Beta { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new HardSigmoid(Alpha, Beta);

    internal override void Forward(LayerContext context) => Elementwise.Map(context.Input.Span, context.Output.Span, context.Team, new Function(Alpha, Beta));

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map(context.Output.Span, context.OutputGradient!.Span, dx.Span, context.Team, new Derivative(Alpha));
    }

    /// <inheritdoc/>
    public override string ToString() => $"HardSigmoid({Alpha}, {Beta})";

    private readonly struct Function(float alpha, float beta) : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L>
            => L.Min(L.Max(L.FusedMultiplyAdd(x, L.Broadcast(alpha), L.Broadcast(beta)), L.Broadcast(0)), L.Broadcast(1));
    }

    private readonly struct Derivative(float alpha) : IBinaryOperator
    {
        // dx = α dy where 0 < y < 1
        public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
            => L.Select(y, L.Broadcast(0), L.Select(L.Broadcast(1), y, dy * L.Broadcast(alpha), L.Broadcast(0)), L.Broadcast(0));
    }
}
