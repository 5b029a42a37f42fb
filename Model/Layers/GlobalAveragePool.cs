using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y[n, c] = mean over H, W of x[n, h, w, c]: Lin et al. 2013, arXiv:1312.4400.</summary>
public sealed class GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape.Vector(Single(inputs).Channels);

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new GlobalAveragePool();

    internal override void Forward(LayerContext context)
    {
        int plane = context.Input.Shape.Plane, channels = context.Output.Shape.Channels;
        for (int n = 0; n < context.Batch; n++)
        {
            ReadOnlySpan<float> x = context.Input.Image(n);
            Span<float> y = context.Output.Image(n);
            y.Clear();
            for (int pixel = 0; pixel < plane; pixel++) Rows.Add(y, x.Slice(pixel * channels, channels));
            Rows.Scale(y, 1f / plane, y);
        }
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } gradient) return;
        int plane = gradient.Shape.Plane, channels = gradient.Shape.Channels;
        for (int n = 0; n < context.Batch; n++)
        {
            Span<float> dx = gradient.Image(n), first = dx[..channels];
            Rows.Scale(context.OutputGradient!.Image(n), 1f / plane, first); // dx = dy / (H W), at every pixel
            for (int pixel = 1; pixel < plane; pixel++) first.CopyTo(dx[(pixel * channels)..]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "GlobalAveragePool";
}
