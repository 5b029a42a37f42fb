using EmotionMLNet.Imaging;

namespace EmotionMLNet.Preprocessing;

/// <summary>Brings decoded pictures of other libraries to network size, one after another, in memory that is used again.</summary>
internal sealed class PremultipliedPicture
{
    // Larger pictures are an exception, and their memory is given back at once.
    private const int MostKept = 4 << 20;

    private readonly WorkingBuffer colours = new(MostKept), grey = new(MostKept);

    /// <summary>Lays the picture over a background; good until <see cref="Release"/> or the next picture.</summary>
    /// <inheritdoc cref="ToPixels"/>
    public Raster Lay(ReadOnlySpan<byte> samples, int width, int height, bool blueFirst, (byte Red, byte Green, byte Blue) background)
    {
        AlphaBlend.OverPremultiplied(samples, blueFirst, background, colours.Take(checked(3 * width * height)));
        return new Raster(width, height, 3, colours);
    }

    /// <summary>Gives large memory back; small stays.</summary>
    public void Release()
    {
        if (colours.Bytes.Length > MostKept) colours.Release();
    }

    /// <summary>Lays the picture over a background and applies <see cref="ImagePreprocessing.ToPixels(Image, Span{byte})"/>.</summary>
    /// <param name="samples">[height, width, 4], colours multiplied with their alpha.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="blueFirst">BGRA, else RGBA.</param>
    /// <param name="background">The colour below.</param>
    /// <param name="preprocessing">The network's.</param>
    /// <param name="pixels">Receives [Height, Width, Channels] samples.</param>
    public void ToPixels(
        ReadOnlySpan<byte> samples,
        int width,
        int height,
        bool blueFirst,
        (byte Red, byte Green, byte Blue) background,
        ImagePreprocessing preprocessing,
        Span<byte> pixels
    )
    {
        try
        {
            preprocessing.ToPixels(Lay(samples, width, height, blueFirst, background), pixels, grey);
        }
        finally
        {
            Release();
        }
    }
}
