using EmotionMLNet.Imaging;

namespace EmotionMLNet.Preprocessing;

/// <summary>Brings decoded pictures of other libraries to network size, one after another, in memory that is used again.</summary>
internal sealed class PremultipliedPicture
{
    // Larger pictures are an exception, and their memory is given back at once.
    private const int MostKept = 4 << 20;

    private readonly WorkingBuffer colours = new(MostKept), grey = new(MostKept);

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
            AlphaBlend.OverPremultiplied(samples, blueFirst, background, colours.Take(checked(3 * width * height)));
            preprocessing.ToPixels(new Raster(width, height, 3, colours), pixels, grey);
        }
        finally
        {
            // Small memory stays.
            if (colours.Bytes.Length > MostKept) colours.Release();
        }
    }
}
