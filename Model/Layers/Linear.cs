using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Where a linear layer's parameters start from: torchvision's families differ.</summary>
internal enum LinearStart
{
    /// <summary>Weights from N(0, 0.01²), biases from 0: VGG, MobileNet, and our own networks.</summary>
    Normal,

    /// <summary>Both from the uniform distribution within ±1 / sqrt(In), PyTorch's default: ResNet.</summary>
    FanIn,

    /// <summary>Weights from the uniform distribution within ±1 / sqrt(Out), biases from 0: EfficientNet.</summary>
    FanOut,
}

/// <summary>y = x Wᵀ + b.</summary>
/// <remarks>x [N, In], weight [Out, In], bias [Out]. Where they start from: <see cref="LinearStart"/>.</remarks>
internal sealed class Linear : Layer, IWeightedLayer
{
    private readonly Parameter[] parameters;
    private readonly ConvolutionKernel kernel; // a linear layer is a 1x1 convolution of a plane of one pixel

    /// <summary>Creates a layer with zero weights.</summary>
    public Linear(int inFeatures, int outFeatures, bool bias = true)
    {
        Weight = new Parameter("weight", true, true, outFeatures, inFeatures);
        Bias = bias ? new Parameter("bias", true, false, outFeatures) : null;
        parameters = bias ? [Weight, Bias!] : [Weight];
        kernel = ConvolutionKernel.Create(new Conv2D(inFeatures, outFeatures, kernel: 1, bias: false).GeometryFor(Shape.Vector(inFeatures)));
    }

    /// <summary>Inputs.</summary>
    public int InFeatures => Weight.Dimensions[1];

    /// <summary>Outputs.</summary>
    public int OutFeatures => Weight.Dimensions[0];

    /// <summary>Where weights and biases start from.</summary>
    internal LinearStart Start { get; init; }

    /// <summary>[Out, In].</summary>
    public Parameter Weight { get; }

    /// <summary>[Out], or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        if (x.Plane != 1 || x.Channels != InFeatures) throw new ArgumentException($"{this} wants x of shape [N, {InFeatures}], got {x}.");
        return Shape.Vector(OutFeatures);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => (long)InFeatures * OutFeatures;

    internal override Layer Clone() => new Linear(InFeatures, OutFeatures, Bias is not null) { Start = Start }.With(this);

    internal override void Initialise(Random random)
    {
        switch (Start)
        {
            case LinearStart.FanIn:
                Initialisation.Uniform(Weight.Value, 1 / Math.Sqrt(InFeatures), random);
                if (Bias is not null) Initialisation.Uniform(Bias.Value, 1 / Math.Sqrt(InFeatures), random);
                break;
            case LinearStart.FanOut:
                Initialisation.Uniform(Weight.Value, 1 / Math.Sqrt(OutFeatures), random);
                break;
            default:
                Initialisation.Normal(Weight.Value, 0.01, random);
                break;
        }
    }

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads)
        => Arena.Align(kernel.PackedFloats) + Math.Max(kernel.ScratchFloats(batch, threads), ColumnSums.ScratchFloats(OutFeatures, threads));

    internal override void Forward(LayerContext context)
    {
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
        if (Bias is { Learns: true }) ColumnSums.Compute(dy, Bias.Gradient, context.Scratch, context.Team);                               // db = Σ_n dy
        if (Weight.Learns) kernel.BackwardWeights(context.Batch, context.Input.Span, dy, Weight.Gradient, context.Scratch, context.Team); // dW = dyᵀ x
    }

    void IWeightedLayer.BackwardData(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) // dx = dy W
            kernel.BackwardData(context.Batch, context.OutputGradient!.Span, Weight.Values, dx.Span, context.Scratch, context.Team);
    }

    string IWeightedLayer.Algorithm(Shape x) => kernel.ToString()!;

    /// <inheritdoc/>
    public override string ToString() => $"Linear({InFeatures} → {OutFeatures})";
}
