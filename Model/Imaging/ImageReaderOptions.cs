namespace EmotionMLNet.Imaging;

/// <summary>How <see cref="ImageReader"/> decodes.</summary>
public sealed record ImageReaderOptions
{
    /// <summary>The defaults: 100 megapixels at most, white behind transparent pixels, full size.</summary>
    public static ImageReaderOptions Default { get; } = new();

    /// <summary>Largest width · height accepted, checked against the header before anything is allocated.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Colour behind transparent pixels: white, since most cut-out faces on the web were made for white pages.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; } = (255, 255, 255);

    /// <summary>
    /// Smallest size that the caller can use (0 = full size). A JPEG is then decoded at 1/2, 1/4 or 1/8 straight from its DCT
    /// as long as neither side falls below; other formats ignore it. It is given in upright orientation (after EXIF).
    /// </summary>
    public (int Width, int Height) WantedSize { get; init; }

    /// <summary>Whether the caller turns colours into luma anyway: of a YCbCr JPEG then only Y is decoded.</summary>
    internal bool LumaIsEnough { get; init; }
}
