using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y[n, c] = mean over H, W of x[n, h, w, c]: Lin et al. 2013, arXiv:1312.4400.</summary>
internal sealed class GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Channels);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new GlobalAveragePool();

    internal override void Forward(LayerContext context)
        => Planes.Mean(context.Input.Span, context.Output.Span, context.Input.Shape.Plane, context.Output.Shape.Channels, context.Team);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) // dx = dy / (H W), at every pixel
            Planes.MeanGradient(context.OutputGradient!.Span, dx.Span, dx.Shape.Plane, dx.Shape.Channels, context.Team);
    }

    /// <inheritdoc/>
    public override string ToString() => "GlobalAveragePool";
}
