using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>The mean of each window; padded cells count as zeros in it (count_include_pad, PyTorch's default).</summary>
/// <remarks>x [N, H, W, C] to [N, floor((H + 2p - k) / s) + 1, ..., C].</remarks>
public sealed class AveragePool : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernel">Window side.</param>
    /// <param name="stride">Step; 0 means the window's side.</param>
    /// <param name="padding">Cells added on each side, at most half the window.</param>
    public AveragePool(int kernel, int stride = 0, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, kernel / 2);
        (Kernel, Stride, Padding) = (kernel, stride == 0 ? kernel : stride, padding);
    }

    /// <summary>Window side.</summary>
    public int Kernel { get; }

    /// <summary>Step between windows.</summary>
    public int Stride { get; }

    /// <summary>Cells added on each side.</summary>
    public int Padding { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        int height = (x.Height + 2 * Padding - Kernel) / Stride + 1, width = (x.Width + 2 * Padding - Kernel) / Stride + 1;
        if (x.Height + 2 * Padding < Kernel || x.Width + 2 * Padding < Kernel)
            throw new ArgumentException($"{this} does not fit into {x}: use a larger input or fewer layers.");
        return new Shape(height, width, x.Channels);
    }

    internal override Layer Clone() => new AveragePool(Kernel, Stride, Padding);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override void Forward(LayerContext context)
        => Pooling.Average(GeometryFor(context.Input.Shape), context.Batch, context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            Pooling.AverageGradient(GeometryFor(dx.Shape), context.Batch, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => $"AveragePool({Kernel}x{Kernel}, stride {Stride}, padding {Padding})";

    private PoolGeometry GeometryFor(Shape x) => new(x.Height, x.Width, x.Channels, Kernel, Stride, Padding);
}
