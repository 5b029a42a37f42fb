using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>2-D cross-correlation, zero-padded: Y[n, y, x, o] = b[o] + Σ W[o, c, i, j] · X[n, y·s + i·d - p, x·s + j·d - p, c].</summary>
/// <remarks>x [N, H, W, In], weight [Out, In / groups, KH, KW], bias [Out]. Weights start from N(0, 2 / (Out·KH·KW)), He et al. 2015, arXiv:1502.01852, with the fan-out as PyTorch counts it, groups or not; biases from 0.</remarks>
internal sealed class Conv2D : Layer, IWeightedLayer
{
    private readonly Parameter[] parameters;
    private ConvolutionKernel? latest; // stateless, so that a race between two plans costs a second object and nothing else

    /// <summary>Creates a convolution with zero weights.</summary>
    /// <exception cref="ArgumentException">Channels are not divisible by groups, or a size is out of range.</exception>
    public Conv2D(int inChannels, int outChannels, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = true)
        : this(inChannels, outChannels, (kernel, kernel), (stride, stride), (padding, padding), (1, 1), groups, bias) { }

    /// <summary>Creates a convolution with separate values for rows and columns.</summary>
    public Conv2D(int inChannels, int outChannels, (int Height, int Width) kernel, (int Height, int Width) stride,
        (int Height, int Width) padding, (int Height, int Width) dilation, int groups, bool bias)
    {
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv2D: channels {inChannels} → {outChannels} must both be divisible by groups = {groups}.");
        (InChannels, OutChannels, Kernel, Stride, Padding, Dilation, Groups) = (inChannels, outChannels, kernel, stride, padding, dilation, groups);
        Weight = new Parameter("weight", true, true, outChannels, inChannels / groups, kernel.Height, kernel.Width);
        Bias = bias ? new Parameter("bias", true, false, outChannels) : null;
        parameters = bias ? [Weight, Bias!] : [Weight];
    }

    /// <summary>Input channels.</summary>
    public int InChannels { get; }

    /// <summary>Filters.</summary>
    public int OutChannels { get; }

    /// <summary>Kernel extent.</summary>
    public (int Height, int Width) Kernel { get; }

    /// <summary>Step between outputs.</summary>
    public (int Height, int Width) Stride { get; }

    /// <summary>Zeros added on each side.</summary>
    public (int Height, int Width) Padding { get; }

    /// <summary>Step between kernel taps; 1 is dense.</summary>
    public (int Height, int Width) Dilation { get; }

    /// <summary>Channel groups; InChannels of them make it depthwise.</summary>
    public int Groups { get; }

    /// <summary>[Out, In / groups, KH, KW].</summary>
    public Parameter Weight { get; }

    /// <summary>[Out], or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        int height = Extent(x.Height, Kernel.Height, Stride.Height, Padding.Height, Dilation.Height);
        int width = Extent(x.Width, Kernel.Width, Stride.Width, Padding.Width, Dilation.Width);
        if (x.Channels != InChannels) throw new ArgumentException($"{this} wants {InChannels} channels, got {x}.");
        if (height < 1 || width < 1) throw new ArgumentException($"{this} does not fit into {x}: use a larger input or fewer layers.");
        return new Shape(height, width, OutChannels);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs)
        => (long)OutputShape(inputs).Length * (InChannels / Groups) * Kernel.Height * Kernel.Width;

    internal override Layer Clone() => new Conv2D(InChannels, OutChannels, Kernel, Stride, Padding, Dilation, Groups, Bias is not null).With(this);

    internal override void Initialise(Random random)
        => Initialisation.Normal(Weight.Value, Math.Sqrt(2.0 / ((double)OutChannels * Kernel.Height * Kernel.Width)), random);

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads)
    {
        ConvolutionKernel kernel = KernelFor(inputs[0]);
        return Arena.Align(kernel.PackedFloats) + Math.Max(kernel.ScratchFloats(batch, threads), ColumnSums.ScratchFloats(OutChannels, threads));
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
        ((IWeightedLayer)this).BackwardWeights(context);
        ((IWeightedLayer)this).BackwardData(context);
    }

    void IWeightedLayer.BackwardWeights(LayerContext context)
    {
        ReadOnlySpan<float> dy = context.OutputGradient!.Span;
        if (Bias is { Learns: true }) ColumnSums.Compute(dy, Bias.Gradient, context.Scratch, context.Team); // db = Σ_n,y,x dY
        if (Weight.Learns) KernelFor(context.Input.Shape).BackwardWeights(context.Batch, context.Input.Span, dy, Weight.Gradient, context.Scratch, context.Team); // dW = X ⋆ dY
    }

    void IWeightedLayer.BackwardData(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) // dX = dY ⋆ Wᵀ turned
            KernelFor(context.Input.Shape).BackwardData(context.Batch, context.OutputGradient!.Span, Weight.Values, dx.Span, context.Scratch, context.Team);
    }

    string IWeightedLayer.Algorithm(Shape x) => KernelFor(x).ToString()!;

    /// <inheritdoc/>
    public override string ToString() => $"Conv2D({InChannels} → {OutChannels}, {Kernel.Height}x{Kernel.Width}, stride {Stride.Height}, padding {Padding.Height}, groups {Groups})";

    private static int Extent(int input, int kernel, int stride, int padding, int dilation)
        => (input + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;

    private ConvolutionKernel KernelFor(Shape x)
    {
        if (latest is { } kernel && kernel.Geometry.Height == x.Height && kernel.Geometry.Width == x.Width) return kernel;
        return latest = ConvolutionKernel.Create(GeometryFor(x));
    }

    /// <summary>The sizes that kernels want.</summary>
    internal ConvGeometry GeometryFor(Shape x) => new()
    {
        Height = x.Height,
        Width = x.Width,
        InChannels = InChannels,
        OutChannels = OutChannels,
        KernelHeight = Kernel.Height,
        KernelWidth = Kernel.Width,
        StrideY = Stride.Height,
        StrideX = Stride.Width,
        PadY = Padding.Height,
        PadX = Padding.Width,
        DilationY = Dilation.Height,
        DilationX = Dilation.Width,
        Groups = Groups,
    };
}
