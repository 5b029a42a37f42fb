using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The output of a layer, seen in one of the ranks and orders that graphs use.</summary>
internal sealed class Feature(int node, Shape shape, long batch, Layout layout, int groups = 1) : Value
{
    /// <summary>Index in the <see cref="NetworkDraft"/>.</summary>
    public int Node { get; } = node;

    public Shape Shape { get; } = shape;

    /// <summary>Images at once in the graph's own constants: its fixed first dimension, or 1.</summary>
    public long Batch { get; } = batch;

    public Layout Layout { get; } = layout;

    /// <summary>g of the grouped layouts.</summary>
    public int Groups { get; } = groups;

    public override long[] Dimensions => Layout switch
    {
        Layout.ChannelsFirst => [Batch, Shape.Channels, Shape.Height, Shape.Width],
        Layout.ChannelsLast => [Batch, Shape.Height, Shape.Width, Shape.Channels],
        Layout.Vector => [Batch, Shape.Channels],
        Layout.Rows => [Batch, Shape.Channels, Shape.Plane],
        Layout.Plane => [Batch, Shape.Height, Shape.Width],
        Layout.Grouped => [Batch, Groups, Shape.Channels / Groups, Shape.Height, Shape.Width],
        _ => [Batch, Shape.Channels / Groups, Groups, Shape.Height, Shape.Width],
    };

    /// <summary>The axis of the channels, or -1 where there is none of its own.</summary>
    public int ChannelAxis => Layout switch
    {
        Layout.ChannelsLast => 3,
        Layout.ChannelsFirst or Layout.Vector or Layout.Rows => 1,
        _ => -1,
    };

    public Feature As(Layout other, int otherGroups = 1) => new(Node, Shape, Batch, other, otherGroups);
}
