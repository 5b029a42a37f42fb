using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Joins inputs along channels; heights and widths agree.</summary>
public sealed class Concat : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        if (inputs.Length < 1) throw new ArgumentException("Concat wants at least one input, got none.");
        int channels = 0;
        foreach (Shape shape in inputs)
        {
            if (shape.Height != inputs[0].Height || shape.Width != inputs[0].Width)
                throw new ArgumentException($"Concat wants equal heights and widths, got {inputs[0]} and {shape}.");
            channels += shape.Channels;
        }
        return inputs[0] with { Channels = channels };
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Concat();

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => "Concat";
}
