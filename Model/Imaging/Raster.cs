namespace EmotionMLNet.Imaging;

/// <summary>A decoded picture in an <see cref="ImageMemory"/>, good until that is released or the next picture is decoded there.</summary>
internal readonly struct Raster
{
    private readonly byte[]? array;
    private readonly WorkingBuffer? buffer;

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 grey, 3 RGB, 4 RGBA with straight alpha.</param>
    /// <param name="array">The samples.</param>
    public Raster(int width, int height, int channels, byte[] array)
    {
        Width = width;
        Height = height;
        Channels = channels;
        this.array = array;
    }

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 grey, 3 RGB, 4 RGBA with straight alpha.</param>
    /// <param name="buffer">Holds the samples.</param>
    public Raster(int width, int height, int channels, WorkingBuffer buffer)
    {
        Width = width;
        Height = height;
        Channels = channels;
        this.buffer = buffer;
    }

    public int Width { get; }

    public int Height { get; }

    public int Channels { get; }

    /// <summary>Row-major, interleaved samples.</summary>
    public Span<byte> Samples => (buffer is null ? array.AsSpan() : buffer.Bytes)[..(Width * Height * Channels)];

    /// <summary>The same without copying.</summary>
    public static Raster Of(Image image) => new(image.Width, image.Height, image.Channels, image.Pixels);

    /// <summary>A picture that may be kept.</summary>
    public Image ToImage() => new(Width, Height, Channels, array is not null && array.Length == Samples.Length ? array : Samples.ToArray());
}
