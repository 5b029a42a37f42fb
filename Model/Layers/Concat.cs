using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Joins inputs along channels; heights and widths agree.</summary>
internal sealed class Concat : Layer
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

    internal override void Forward(LayerContext context)
    {
        int rows = context.Batch * context.Output.Shape.Plane, all = context.Output.Shape.Channels, first = 0;
        foreach (Tensor x in context.Inputs)
        {
            int channels = x.Shape.Channels;
            Rearrangement.CopyColumns(rows, channels, x.Span, channels, 0, context.Output.Span, all, first, context.Team);
            first += channels;
        }
    }

    internal override void Backward(LayerContext context)
    {
        int rows = context.Batch * context.Output.Shape.Plane, all = context.Output.Shape.Channels, first = 0;
        for (int i = 0; i < context.Inputs.Length; i++)
        {
            int channels = context.Inputs[i].Shape.Channels;
            if (context.InputGradients[i] is { } dx)
                Rearrangement.CopyColumns(rows, channels, context.OutputGradient!.Span, all, first, dx.Span, channels, 0, context.Team);
            first += channels;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "Concat";
}
