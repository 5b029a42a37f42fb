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

    internal override void Forward(LayerContext context)
    {
        int offset = 0;
        foreach (Tensor x in context.Inputs)
        {
            Interleave(x.Span, x.Shape.Channels, 0, context.Output.Span, context.Output.Shape.Channels, offset, x.Shape.Channels);
            offset += x.Shape.Channels;
        }
    }

    internal override void Backward(LayerContext context)
    {
        int offset = 0;
        for (int i = 0; i < context.Inputs.Length; i++)
        {
            int channels = context.Inputs[i].Shape.Channels;
            if (context.InputGradients[i] is { } dx)
                Interleave(context.OutputGradient!.Span, context.Output.Shape.Channels, offset, dx.Span, channels, 0, channels);
            offset += channels;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "Concat";

    // Copies a run of channels of every pixel.
    private static void Interleave(ReadOnlySpan<float> from, int fromStride, int fromOffset, Span<float> to, int toStride, int toOffset, int count)
    {
        for (int i = fromOffset, o = toOffset; i < from.Length; i += fromStride, o += toStride) from.Slice(i, count).CopyTo(to.Slice(o, count));
    }
}
