namespace EmotionMLNet.Imaging;

/// <summary>A decoded picture: 8 bits a sample, rows from the top, channels interleaved, no padding.</summary>
/// <remarks>
/// Channels: 1 grey, 3 RGB, 4 RGBA with straight (not premultiplied) alpha. <see cref="ImageReader"/> returns 1 or 3 only:
/// alpha is laid over a background there. sRGB is assumed; embedded colour profiles are not applied.
/// </remarks>
public sealed class Image
{
    /// <summary>Wraps samples without copying them.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="pixels">Exactly <c>width · height · channels</c> bytes.</param>
    /// <exception cref="ArgumentException">The sizes do not fit one another.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentException($"An image has 1, 3 or 4 channels, got {channels}.", nameof(channels));
        if (pixels.LongLength != (long)width * height * channels)
            throw new ArgumentException(
                $"{width} x {height} x {channels} wants {(long)width * height * channels} bytes, got {pixels.LongLength}.",
                nameof(pixels)
            );
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel: 1, 3 or 4.</summary>
    public int Channels { get; }

    /// <summary>Row-major, interleaved samples, 0 to 255.</summary>
#pragma warning disable CA1819 // the samples are the point of this type; copying them would double the memory of every picture
    public byte[] Pixels { get; }
#pragma warning restore CA1819
}
