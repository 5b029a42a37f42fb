using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// y = the largest value of each window; padded cells never win. The gradient goes to that value, to the first of equals.
/// </summary>
internal sealed class MaxPool : WindowPool
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernel">Side of the square windows.</param>
    /// <param name="stride">Step between windows; 0 means kernel.</param>
    /// <param name="padding">Cells added on each side, less than kernel.</param>
    public MaxPool(int kernel, int stride = 0, int padding = 0)
        : this((kernel, kernel), stride == 0 ? (kernel, kernel) : (stride, stride), (padding, padding, padding, padding)) { }

    /// <summary>Creates the layer with separate values for each side.</summary>
    public MaxPool((int Height, int Width) kernel, (int Height, int Width) stride, (int Top, int Left, int Bottom, int Right) padding)
        : base(kernel, stride, padding) { }

    internal bool IsHalving => Kernel == (2, 2) && Stride == (2, 2) && Padding == (0, 0, 0, 0);

    internal override Layer Clone() => new MaxPool(Kernel, Stride, Padding);

    /// <summary>Place of the largest cell in its window, a value an output.</summary>
    internal override long SavedFloats(ReadOnlySpan<Shape> inputs, int batch) => (long)batch * OutputShape(inputs).Length;

    internal override void Forward(LayerContext context)
    {
        Span<float> place = context.Training ? context.Saved[..context.Output.Span.Length] : default;
        Pooling.Max(GeometryFor(context.Input.Shape), context.Batch, context.Input.Span, context.Output.Span, place, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            Pooling.MaxGradient(GeometryFor(dx.Shape), context.Batch, context.OutputGradient!.Span, context.Saved, dx.Span, context.Team);
    }
}
