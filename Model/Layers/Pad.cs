using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Adds rows and columns of one value around each image.</summary>
internal sealed class Pad : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="borders">Cells on each side, none negative.</param>
    /// <param name="value">The value of the border.</param>
    public Pad((int Top, int Left, int Bottom, int Right) borders, float value = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(Math.Min(borders.Top, borders.Left), Math.Min(borders.Bottom, borders.Right)));
        Borders = borders;
        Value = value;
    }

    /// <summary>Cells on each side.</summary>
    public (int Top, int Left, int Bottom, int Right) Borders { get; }

    /// <summary>What they hold.</summary>
    public float Value { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        return new Shape(x.Height + Borders.Top + Borders.Bottom, x.Width + Borders.Left + Borders.Right, x.Channels);
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new Pad(Borders, Value);

    internal override void Forward(LayerContext context)
    {
        context.Output.Span.Fill(Value);
        CopyInside(context, context.Input.Span, context.Output.Span, outwards: true);
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx)
            CopyInside(context, context.OutputGradient!.Span, dx.Span, outwards: false); // dx = the inner part of dy
    }

    /// <inheritdoc/>
    public override string ToString() => $"Pad({Borders}, {Value})";

    // A row of pixels is contiguous in both, so an image is a few columns of a matrix [rows, width · channels].
    private void CopyInside(LayerContext context, ReadOnlySpan<float> from, Span<float> to, bool outwards)
    {
        Shape inner = context.Input.Shape, outer = context.Output.Shape;
        int count = inner.Width * inner.Channels, wide = outer.Width * outer.Channels, first = Borders.Left * inner.Channels;
        for (int n = 0; n < context.Batch; n++)
        {
            int inside = n * inner.Length, outside = n * outer.Length + Borders.Top * wide;
            if (outwards)
                Rearrangement.CopyColumns(
                    inner.Height,
                    count,
                    from.Slice(inside, inner.Length),
                    count,
                    0,
                    to[outside..],
                    wide,
                    first,
                    context.Team
                );
            else
                Rearrangement.CopyColumns(
                    inner.Height,
                    count,
                    from[outside..],
                    wide,
                    first,
                    to.Slice(inside, inner.Length),
                    count,
                    0,
                    context.Team
                );
        }
    }
}
