using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y[c] = exp(x[c]) / Σ exp(x[k]) over channels, shifted by the maximum so that nothing overflows.</summary>
internal sealed class Softmax : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Single(inputs);

    internal override bool InPlace => true;

    internal override BackwardReads Reads => BackwardReads.Output;

    internal override Layer Clone() => new Softmax();

    internal override void Forward(LayerContext context)
        => Probabilities.Softmax(context.Input.Span, context.Output.Span, context.Output.Shape.Channels);

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } gradient) return;
        int classes = context.Output.Shape.Channels;
        ReadOnlySpan<float> y = context.Output.Span, dy = context.OutputGradient!.Span;
        Span<float> dx = gradient.Span;
        for (int start = 0; start < y.Length; start += classes)
        {
            double mean = 0;
            for (int c = start; c < start + classes; c++) mean += (double)y[c] * dy[c];
            for (int c = start; c < start + classes; c++) dx[c] = (float)(y[c] * (dy[c] - mean)); // dx = y (dy - Σ y dy)
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "Softmax";
}
