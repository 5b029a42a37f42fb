using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>y = the channels start, start + 1, ..., start + count - 1 of x.</summary>
internal sealed class ChannelSlice : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="start">First channel.</param>
    /// <param name="count">Number of channels, at least 1.</param>
    public ChannelSlice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Start = start;
        Count = count;
    }

    /// <summary>First channel.</summary>
    public int Start { get; }

    /// <summary>Number of channels.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        return Start + Count <= x.Channels
            ? x with
            {
                Channels = Count,
            }
            : throw new ArgumentException($"{this} wants {Start + Count} channels, got {x}.");
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new ChannelSlice(Start, Count);

    internal override void Forward(LayerContext context)
    {
        Shape x = context.Input.Shape;
        Rearrangement.CopyColumns(
            context.Batch * x.Plane,
            Count,
            context.Input.Span,
            x.Channels,
            Start,
            context.Output.Span,
            Count,
            0,
            context.Team
        );
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is not { } dx) return;
        dx.Span.Clear();
        Rearrangement.CopyColumns(
            context.Batch * dx.Shape.Plane,
            Count,
            context.OutputGradient!.Span,
            Count,
            0,
            dx.Span,
            dx.Shape.Channels,
            Start,
            context.Team
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"ChannelSlice({Start}, {Count})";
}
