namespace EmotionMLNet.Tensors;

/// <summary>
/// Extent of one image inside the engine: height, width, channels (NHWC without N). A feature vector has height = width = 1.
/// </summary>
internal readonly record struct Shape(int Height, int Width, int Channels)
{
    /// <summary>A vector of features.</summary>
    public static Shape Vector(int features) => new(1, 1, features);

    /// <summary>Height · width.</summary>
    public int Plane => Height * Width;

    /// <summary>Values an image.</summary>
    public int Length => Height * Width * Channels;

    /// <inheritdoc/>
    public override string ToString() => Plane == 1 ? $"[{Channels}]" : $"[{Height}, {Width}, {Channels}]";
}
