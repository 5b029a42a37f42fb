using EmotionMLNet.Imaging;

namespace EmotionMLNet.Training;

/// <summary>A picture in memory and the expression label that annotators gave it.</summary>
public sealed class LabelledImage
{
    /// <summary>Takes an encoded picture.</summary>
    /// <param name="content">
    /// A whole JPEG, PNG, BMP, GIF, WebP or PNM file. It is not copied, and must not change while a model is trained.
    /// </param>
    /// <param name="label">The class name.</param>
    /// <param name="name">What the picture is called in messages; null takes its number.</param>
    /// <exception cref="ArgumentException"><paramref name="content"/> or <paramref name="label"/> is empty.</exception>
    public LabelledImage(ReadOnlyMemory<byte> content, string label, string? name = null) : this(label, name)
    {
        if (content.IsEmpty) throw new ArgumentException("The picture is empty.", nameof(content));
        Content = content;
    }

    /// <summary>Takes a decoded picture.</summary>
    /// <param name="image">1 or 3 channels. It is not copied, and must not change while a model is trained.</param>
    /// <param name="label">The class name.</param>
    /// <param name="name">What the picture is called in messages; null takes its number.</param>
    /// <exception cref="ArgumentException"><paramref name="image"/> has alpha, or <paramref name="label"/> is empty.</exception>
    public LabelledImage(Image image, string label, string? name = null) : this(label, name)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels == 4) throw new ArgumentException("The picture has alpha: lay it over a background first.", nameof(image));
        Decoded = image;
    }

    private LabelledImage(string label, string? name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        Label = label;
        Name = name;
    }

    /// <summary>The class name.</summary>
    public string Label { get; }

    /// <summary>What the picture is called in messages, or null.</summary>
    public string? Name { get; }

    /// <summary>The encoded picture; empty where it is decoded.</summary>
    internal ReadOnlyMemory<byte> Content { get; }

    /// <summary>The decoded picture; null where it is encoded.</summary>
    internal Image? Decoded { get; }
}
