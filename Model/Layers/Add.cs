using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = x₀ + x₁ + ..., element by element; all inputs have one shape.</summary>
public sealed class Add : Layer
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

    internal override Layer Clone() => new Add();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "Add";
}
