using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// y = x₀ · x₁, element by element; where x₁ is a vector of channels it holds for every pixel (squeeze-and-excitation, Hu et al. 2017,
/// arXiv:1709.01507).
/// </summary>
internal sealed class Multiply : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        if (inputs.Length != 2) throw new ArgumentException($"Multiply wants two inputs, got {inputs.Length}.");
        if (inputs[1] != inputs[0] && inputs[1] != Shape.Vector(inputs[0].Channels))
            throw new ArgumentException(
                $"Multiply wants equal shapes, or a vector of as many channels second, got {inputs[0]} and {inputs[1]}."
            );
        return inputs[0];
    }

    internal override Layer Clone() => new Multiply();

    internal override void Forward(LayerContext context) => Product(context, context.Inputs[0], context.Inputs[1], context.Output);

    internal override void Backward(LayerContext context)
    {
        (Tensor a, Tensor b, Tensor dy) = (context.Inputs[0], context.Inputs[1], context.OutputGradient!);
        if (context.InputGradients[0] is { } da) Product(context, dy, b, da); // dx₀ = dY x₁
        if (context.InputGradients[1] is not { } db) return;
        if (a.Shape == b.Shape) Product(context, dy, a, db); // dx₁ = dY x₀
        else Planes.Dot(dy.Span, a.Span, db.Span, a.Shape.Plane, a.Shape.Channels, context.Team); // dx₁ = Σ_h,w dY x₀
    }

    /// <inheritdoc/>
    public override string ToString() => "Multiply";

    private static void Product(LayerContext context, Tensor a, Tensor b, Tensor y)
    {
        if (a.Shape == b.Shape) Elementwise.Map<Times>(a.Span, b.Span, y.Span, context.Team);
        else Planes.Scale(a.Span, b.Span, y.Span, a.Shape.Plane, a.Shape.Channels, context.Team);
    }

    private readonly struct Times : IBinaryOperator
    {
        public L Apply<L>(L a, L b) where L : struct, ILanes<L> => a * b;
    }
}
