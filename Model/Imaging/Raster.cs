namespace EmotionMLNet.Imaging;

/// <summary>A decoded picture in an <see cref="ImageMemory"/>, good until the next one is decoded there.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 grey, 3 RGB, 4 RGBA with straight alpha.</param>
/// <param name="Buffer">Begins with the samples.</param>
internal readonly record struct Raster(int Width, int Height, int Channels, byte[] Buffer)
{
    /// <summary>Row-major, interleaved samples.</summary>
    public ReadOnlySpan<byte> Samples => Buffer.AsSpan(0, Width * Height * Channels);

    /// <summary>The same without copying.</summary>
    public static Raster Of(Image image) => new(image.Width, image.Height, image.Channels, image.Pixels);

    /// <summary>A picture that may be kept; the memory is then not to be used again.</summary>
    public Image ToImage() => new(Width, Height, Channels, Buffer.Length == Samples.Length ? Buffer : Samples.ToArray());
}
