using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>2-D cross-correlation, zero-padded: Y[n, y, x, o] = b[o] + Σ W[o, c, i, j] · X[n, y·s + i·d - p, x·s + j·d - p, c].</summary>
/// <remarks>
/// x [N, H, W, In], weight [Out, In / groups, KH, KW], bias [Out]. Weights start from N(0, 2 / (Out·KH·KW)), He et al. 2015,
/// arXiv:1502.01852, with the fan-out as PyTorch counts it, groups or not; biases from 0.
/// </remarks>
internal sealed class Conv2D : ProductLayer
{
    /// <summary>Creates a convolution with zero weights.</summary>
    /// <exception cref="ArgumentException">Channels are not divisible by groups, or a size is out of range.</exception>
    public Conv2D(int inChannels, int outChannels, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = true)
        : this(inChannels, outChannels, (kernel, kernel), (stride, stride), (padding, padding), (1, 1), groups, bias) { }

    /// <summary>Creates a convolution with separate values for rows and columns.</summary>
    public Conv2D(int inChannels, int outChannels, (int Height, int Width) kernel, (int Height, int Width) stride,
        (int Height, int Width) padding, (int Height, int Width) dilation, int groups, bool bias)
        : base(bias, outChannels, PerGroup(inChannels, outChannels, groups), kernel.Height, kernel.Width)
    {
        InChannels = inChannels;
        OutChannels = outChannels;
        Kernel = kernel;
        Stride = stride;
        Padding = padding;
        Dilation = dilation;
        Groups = groups;
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

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        ConvGeometry g = GeometryFor(x);
        if (x.Channels != InChannels) throw new ArgumentException($"{this} wants {InChannels} channels, got {x}.");
        if (g.OutHeight < 1 || g.OutWidth < 1)
            throw new ArgumentException($"{this} does not fit into {x}: use a larger input or fewer layers.");
        return new Shape(g.OutHeight, g.OutWidth, OutChannels);
    }

    internal override Layer Clone() =>
        new Conv2D(InChannels, OutChannels, Kernel, Stride, Padding, Dilation, Groups, Bias is not null).With(this);

    internal override void Initialise(Random random)
        => Initialisation.Normal(Weight.Values, Math.Sqrt(2.0 / ((double)OutChannels * Kernel.Height * Kernel.Width)), random);

    /// <inheritdoc/>
    public override string ToString() =>
        $"Conv2D({InChannels} → {OutChannels}, {Kernel.Height}x{Kernel.Width}, stride {Stride.Height}, padding {Padding.Height}, "
        + $"groups {Groups})";

    internal override ConvGeometry GeometryFor(Shape x) => new()
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

    private static int PerGroup(int inChannels, int outChannels, int groups)
        => groups >= 1 && inChannels % groups == 0 && outChannels % groups == 0
            ? inChannels / groups
            : throw new ArgumentException($"Conv2D: channels {inChannels} → {outChannels} must both be divisible by groups = {groups}.");
}
