using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = x₀ + x₁ + ..., element by element; all inputs have one shape.</summary>
internal sealed class Add : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        if (inputs.Length < 2) throw new ArgumentException($"Add wants two or more inputs, got {inputs.Length}.");
        foreach (Shape shape in inputs)
            if (shape != inputs[0]) throw new ArgumentException($"Add wants equal shapes, got {inputs[0]} and {shape}.");
        return inputs[0];
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override bool InPlace => true;

    internal override Layer Clone() => new Add();

    internal override void Forward(LayerContext context)
    {
        Elementwise.Map<Elementwise.Sum>(context.Inputs[0].Span, context.Inputs[1].Span, context.Output.Span, context.Team);
        for (int i = 2; i < context.Inputs.Length; i++) Elementwise.AddTo(context.Output.Span, context.Inputs[i].Span, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        foreach (Tensor? dx in context.InputGradients)
            if (dx is not null && dx.Span != context.OutputGradient!.Span)
                Rearrangement.Copy(context.OutputGradient!.Span, dx.Span, context.Team); // dxᵢ = dy
    }

    /// <inheritdoc/>
    public override string ToString() => "Add";
}
