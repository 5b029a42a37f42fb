using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = the mean of each window.</summary>
internal sealed class AveragePool : WindowPool
{
    /// <summary>Creates the layer; padded cells count as zeros, PyTorch's default.</summary>
    /// <param name="kernel">Side of the square windows.</param>
    /// <param name="stride">Step between windows; 0 means kernel.</param>
    /// <param name="padding">Cells added on each side, less than kernel.</param>
    public AveragePool(int kernel, int stride = 0, int padding = 0)
        : this(
            (kernel, kernel),
            stride == 0 ? (kernel, kernel) : (stride, stride),
            (padding, padding, padding, padding),
            countPadding: true
        ) { }

    /// <summary>Creates the layer with separate values for each side.</summary>
    public AveragePool(
        (int Height, int Width) kernel,
        (int Height, int Width) stride,
        (int Top, int Left, int Bottom, int Right) padding,
        bool countPadding
    )
        : base(kernel, stride, padding) => CountPadding = countPadding;

    /// <summary>Whether padded cells count as zeros or not at all.</summary>
    public bool CountPadding { get; }

    internal override Layer Clone() => new AveragePool(Kernel, Stride, Padding, CountPadding);

    internal override void Forward(LayerContext context) =>
        Pooling.Average(
            GeometryFor(context.Input.Shape),
            CountPadding,
            context.Batch,
            context.Input.Span,
            context.Output.Span,
            context.Team
        );

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            Pooling.AverageGradient(
                GeometryFor(dx.Shape),
                CountPadding,
                context.Batch,
                context.OutputGradient!.Span,
                dx.Span,
                context.Team
            );
    }
}
