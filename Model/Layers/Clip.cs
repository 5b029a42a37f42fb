using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(x, low), high). The derivative at the limits is 0.</summary>
internal sealed class Clip : Layer
{
    /// <summary>Creates the layer; an infinite limit is none.</summary>
    /// <exception cref="ArgumentException">low is not below high.</exception>
    public Clip(float low, float high)
    {
        if (!(low < high)) throw new ArgumentException($"Clip: the lower limit {low} must be below the upper one {high}.");
        (Low, High) = (low, high);
    }

    /// <summary>Smallest output.</summary>
    public float Low { get; }

    /// <summary>Largest output.</summary>
    public float High { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new Clip(Low, High);

    internal override void Forward(LayerContext context) => Elementwise.Map(context.Input.Span, context.Output.Span, context.Team, new Function(Low, High));

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) Elementwise.Map(context.Output.Span, context.OutputGradient!.Span, dx.Span, context.Team, new Derivative(Low, High));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Clip({Low} to {High})";

    private readonly struct Function(float low, float high) : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L> => L.Min(L.Max(x, L.Broadcast(low)), L.Broadcast(high));
    }

    private readonly struct Derivative(float low, float high) : IBinaryOperator
    {
        // dx = dy where low < y < high
        public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
            => L.Select(y, L.Broadcast(low), L.Select(L.Broadcast(high), y, dy, L.Broadcast(0)), L.Broadcast(0));
    }
}
