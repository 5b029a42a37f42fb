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
internal sealed class Linear : ProductLayer
{
    /// <summary>Creates a layer with zero weights.</summary>
    public Linear(int inFeatures, int outFeatures, bool bias = true)
        : base(bias, outFeatures, inFeatures) { }

    /// <summary>Inputs.</summary>
    public int InFeatures => Weight.Dimensions[1];

    /// <summary>Outputs.</summary>
    public int OutFeatures => Weight.Dimensions[0];

    /// <summary>Where weights and biases start from.</summary>
    internal LinearStart Start { get; init; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        if (x.Plane != 1 || x.Channels != InFeatures) throw new ArgumentException($"{this} wants x of shape [N, {InFeatures}], got {x}.");
        return Shape.Vector(OutFeatures);
    }

    internal override Layer Clone() => new Linear(InFeatures, OutFeatures, Bias is not null) { Start = Start }.With(this);

    internal override void Initialise(Random random)
    {
        switch (Start)
        {
            case LinearStart.FanIn:
                Initialisation.Uniform(Weight.Values, 1 / Math.Sqrt(InFeatures), random);
                if (Bias is not null) Initialisation.Uniform(Bias.Values, 1 / Math.Sqrt(InFeatures), random);
                break;
            case LinearStart.FanOut:
                Initialisation.Uniform(Weight.Values, 1 / Math.Sqrt(OutFeatures), random);
                break;
            default:
                Initialisation.Normal(Weight.Values, 0.01, random);
                break;
        }
    }

    // A 1x1 convolution of a plane of one pixel.
    internal override ConvGeometry GeometryFor(Shape x) => new()
    {
        Height = 1,
        Width = 1,
        InChannels = InFeatures,
        OutChannels = OutFeatures,
        KernelHeight = 1,
        KernelWidth = 1,
        StrideY = 1,
        StrideX = 1,
        DilationY = 1,
        DilationX = 1,
        Groups = 1,
    };

    /// <inheritdoc/>
    public override string ToString() => $"Linear({InFeatures} → {OutFeatures})";
}
