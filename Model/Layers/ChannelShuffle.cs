using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// y[.., k·g + i] = x[.., i·(C/g) + k]: the channels of g groups are dealt out in turn (Zhang et al. 2017, arXiv:1707.01083).
/// </summary>
internal sealed class ChannelShuffle : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="groups">g, which divides the channels.</param>
    public ChannelShuffle(int groups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        Groups = groups;
    }

    /// <summary>Groups of channels.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        return x.Channels % Groups == 0 ? x : throw new ArgumentException($"{this} wants channels divisible by {Groups}, got {x}.");
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal override Layer Clone() => new ChannelShuffle(Groups);

    internal override void Forward(LayerContext context)
    {
        Shape x = context.Input.Shape;
        Rearrangement.Transpose(
            context.Batch * x.Plane,
            Groups,
            x.Channels / Groups,
            context.Input.Span,
            context.Output.Span,
            context.Team
        );
    }

    internal override void Backward(LayerContext context)
    {
        if (context.InputGradients[0] is { } dx) // dealt back
            Rearrangement.Transpose(
                context.Batch * dx.Shape.Plane,
                dx.Shape.Channels / Groups,
                Groups,
                context.OutputGradient!.Span,
                dx.Span,
                context.Team
            );
    }

    /// <inheritdoc/>
    public override string ToString() => $"ChannelShuffle({Groups})";
}
