using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// A layer that multiplies by a matrix of weights and adds biases, at one place of a picture or at many: <see cref="Conv2D"/> and
/// <see cref="Linear"/>.
/// </summary>
/// <remarks>Its backward pass consists of two products that share nothing but dY: one for the weights, one for the data.</remarks>
internal abstract class ProductLayer : Layer
{
    private readonly Parameter[] parameters;
    private ConvolutionKernel? latest; // stateless, so that a race between two plans costs a second object and nothing else

    /// <param name="bias">Whether there is one.</param>
    /// <param name="dimensions">Extents of the weights, outputs first.</param>
    private protected ProductLayer(bool bias, params int[] dimensions)
    {
        Weight = new Parameter("weight", true, true, dimensions);
        Bias = bias ? new Parameter("bias", true, false, dimensions[0]) : null;
        parameters = Bias is null ? [Weight] : [Weight, Bias];
    }

    /// <summary>[Out, ...].</summary>
    public Parameter Weight { get; }

    /// <summary>[Out], or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => (long)OutputShape(inputs).Plane * Weight.Length;

    /// <summary>The sizes that kernels want, for an input of a shape.</summary>
    internal abstract ConvGeometry GeometryFor(Shape x);

    /// <summary>How products of inputs of a shape are computed.</summary>
    internal string Algorithm(Shape x) => KernelFor(x).ToString()!;

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads)
    {
        ConvolutionKernel kernel = KernelFor(inputs[0]);
        long products = kernel.ScratchFloats(batch, threads), sums = ColumnSums.ScratchFloats(Weight.Dimensions[0], threads);
        return Arena.Align(kernel.PackedFloats) + Math.Max(products, sums);
    }

    internal override void Forward(LayerContext context)
    {
        ConvolutionKernel kernel = KernelFor(context.Input.Shape);
        Span<float> packed = context.Scratch[..kernel.PackedFloats], scratch = context.Scratch[(int)Arena.Align(kernel.PackedFloats)..];
        kernel.Pack(Weight.Values, packed, context.Team);
        var epilogue = new Epilogue { Bias = Bias is null ? default : Bias.Values };
        kernel.Forward(context.Batch, context.Input.Span, packed, epilogue, context.Output.Span, scratch, context.Team);
    }

    internal override void Backward(LayerContext context)
    {
        BackwardWeights(context);
        BackwardData(context);
    }

    /// <summary>Writes the gradients of the layer's parameters that learn.</summary>
    internal void BackwardWeights(LayerContext context)
    {
        ReadOnlySpan<float> dy = context.OutputGradient!.Span;
        if (Bias is { Learns: true }) ColumnSums.Compute(dy, Bias.Gradient, context.Scratch, context.Team); // db = Σ_n,y,x dY
        if (!Weight.Learns) return;
        ConvolutionKernel kernel = KernelFor(context.Input.Shape);
        // dW = X ⋆ dY, of a vector dyᵀ x
        kernel.BackwardWeights(context.Batch, context.Input.Span, dy, Weight.Gradient, context.Scratch, context.Team);
    }

    /// <summary>Writes InputGradients[0], if it is wanted.</summary>
    internal void BackwardData(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        ReadOnlySpan<float> dy = context.OutputGradient!.Span;
        ConvolutionKernel kernel = KernelFor(context.Input.Shape);
        // dX = dY ⋆ Wᵀ turned, of a vector dy W
        kernel.BackwardData(context.Batch, dy, Weight.Values, dx.Span, context.Scratch, context.Team);
    }

    private ConvolutionKernel KernelFor(Shape x)
    {
        if (latest is { } kernel && kernel.Geometry.Height == x.Height && kernel.Geometry.Width == x.Width) return kernel;
        return latest = ConvolutionKernel.Create(GeometryFor(x));
    }
}
