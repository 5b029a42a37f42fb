using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = x Wᵀ + b.</summary>
/// <remarks>x [N, In], weight [Out, In], bias [Out]. Weights start from N(0, 0.01²), biases from 0, as in torchvision's VGG and MobileNet heads.</remarks>
public sealed class Linear : Layer
{
    private readonly Parameter[] parameters;

    /// <summary>Creates a layer with zero weights.</summary>
    public Linear(int inFeatures, int outFeatures, bool bias = true)
    {
        Weight = new Parameter("weight", true, true, outFeatures, inFeatures);
        Bias = bias ? new Parameter("bias", true, false, outFeatures) : null;
        parameters = bias ? [Weight, Bias!] : [Weight];
    }

    /// <summary>Inputs.</summary>
    public int InFeatures => Weight.Dimensions[1];

    /// <summary>Outputs.</summary>
    public int OutFeatures => Weight.Dimensions[0];

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

    internal override Layer Clone() => new Linear(InFeatures, OutFeatures, Bias is not null).With(this);

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => $"Linear({InFeatures} → {OutFeatures})";
}
