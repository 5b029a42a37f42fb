using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>A function of one value, applied to every value of a tensor. A new one is its function and its derivative alone.</summary>
internal abstract class UnaryLayer : Layer
{
    private readonly ScalarFunction function;

    private protected UnaryLayer(ScalarFunction function, Activation? activation = null)
    {
        this.function = function;
        Activation = activation;
    }

    /// <summary>The function as convolutions and batch norm apply it on their way; null where it always runs by itself.</summary>
    internal Activation? Activation { get; }

    internal override bool InPlace => function.FromOutput;

    internal override BackwardReads Reads => function.FromOutput ? BackwardReads.Output : BackwardReads.Inputs;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override Layer Clone() => (Layer)MemberwiseClone(); // no parameters, and nothing that changes

    internal override void Forward(LayerContext context) => function.Apply(context.Input.Span, context.Output.Span, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        Tensor value = function.FromOutput ? context.Output : context.Input;
        function.Differentiate(value.Span, context.OutputGradient!.Span, dx.Span, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => GetType().Name;
}
