namespace EmotionMLNet.Onnx.Import;

/// <summary>
/// What a name of the graph stands for while the graph is read: numbers that are known, or something that depends on the picture.
/// </summary>
internal abstract class Value
{
    /// <summary>Extents in the graph's own order.</summary>
    public abstract long[] Dimensions { get; }
}

/// <summary>How the axes of a feature in the graph lie to the engine's [N, H, W, C].</summary>
internal enum Layout
{
    /// <summary>[N, C, H, W]</summary>
    ChannelsFirst,

    /// <summary>[N, H, W, C]</summary>
    ChannelsLast,

    /// <summary>[N, C] of a picture of one pixel.</summary>
    Vector,

    /// <summary>[N, C, H · W]</summary>
    Rows,

    /// <summary>[N, H, W] of one channel.</summary>
    Plane,

    /// <summary>[N, g, C / g, H, W]</summary>
    Grouped,

    /// <summary>[N, C / g, g, H, W]: grouped and transposed, which makes a shuffle when it becomes [N, C, H, W] again.</summary>
    Dealt,
}
