using EmotionMLNet.Imaging;

namespace EmotionMLNet.Preprocessing;

/// <summary>How a picture of any shape becomes the network's rectangle.</summary>
public enum ResizeMode
{
    /// <summary>Both sides scaled independently.</summary>
    Stretch,

    /// <summary>The largest centred window of the wanted aspect ratio, then scaled.</summary>
    CentreCrop,

    /// <summary>Scaled to fit inside, centred, the rest filled with <see cref="ImagePreprocessing.PadValue"/>.</summary>
    Pad,
}

/// <summary>
/// Everything between a decoded picture and a network's input; the record travels in the model zip so that no reader can
/// prepare pictures differently from training. One code path serves training, evaluation and prediction.
/// </summary>
public sealed record ImagePreprocessing
{
    /// <summary>Network input width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Network input height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>1 = ITU-R BT.601 luma, 3 = RGB.</summary>
    public required int Channels { get; init; }

    /// <summary>How the aspect ratio is treated.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Stretch;

    /// <summary>Grey level of the padding, 0 to 255.</summary>
    public byte PadValue { get; init; }

    /// <summary>Mean a channel, of samples scaled to [0, 1]; <see cref="Channels"/> values.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation a channel, of samples scaled to [0, 1]; <see cref="Channels"/> values.</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>Samples of one prepared picture: Height · Width · Channels.</summary>
    public int Length => Width * Height * Channels;

    /// <summary>Colour conversion, crop and resize to network size, still 8 bits: what the trainer caches.</summary>
    /// <param name="image">1 or 3 channels, any size.</param>
    /// <param name="pixels">Receives [Height, Width, Channels] samples.</param>
    public void ToPixels(Image image, Span<byte> pixels) => throw new NotImplementedException();

    /// <summary>y = (x / 255 - mean) / deviation, channel by channel.</summary>
    /// <param name="pixels">[..., Channels] samples, 0 to 255.</param>
    /// <param name="tensor">Receives as many values, NHWC.</param>
    public void Normalise(ReadOnlySpan<byte> pixels, Span<float> tensor) => throw new NotImplementedException();

    /// <summary>Decodes (a JPEG at reduced scale where that loses nothing) and applies <see cref="ToPixels"/>.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    public void ReadPixels(ReadOnlySpan<byte> encoded, Span<byte> pixels, ImageReaderOptions? options = null) => throw new NotImplementedException();
}
