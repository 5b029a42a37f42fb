using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Repeats every cell <c>factor</c> times along rows and columns (nearest neighbour).</summary>
/// <remarks>PyTorch's <c>Upsample(scale_factor, mode="nearest")</c>, ONNX' Resize with nearest, asymmetric and floor.</remarks>
internal sealed class Upsample : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="factor">How often each cell is repeated each way, at least 2.</param>
    public Upsample(int factor = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 2);
        Factor = factor;
    }

    /// <summary>How often each cell is repeated each way.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        return new Shape(x.Height * Factor, x.Width * Factor, x.Channels);
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Upsample(Factor);

    internal override void Forward(LayerContext context)
    {
        Shape x = context.Input.Shape;
        Upsampling.Repeat(context.Batch, x.Height, x.Width, x.Channels, Factor, context.Input.Span, context.Output.Span, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        // dx = the sum over the cells that repeat it.
        Shape x = dx.Shape;
        ReadOnlySpan<float> dy = context.OutputGradient!.Span;
        Upsampling.SumRepeats(context.Batch, x.Height, x.Width, x.Channels, Factor, dy, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Upsample({Factor})";
}
