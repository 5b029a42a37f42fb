namespace EmotionMLNet.Imaging;

/// <summary>Decodes a picture by its content, never by its name: JPEG, PNG, BMP, GIF (first frame), WebP, PNM.</summary>
public static class ImageReader
{
    /// <summary>Decodes encoded bytes to upright pixels: EXIF orientation applied, alpha laid over the background.</summary>
    /// <returns>An image of 1 (grey) or 3 (RGB) channels.</returns>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or larger than the limit.</exception>
    public static Image Read(ReadOnlySpan<byte> encoded, ImageReaderOptions? options = null) => throw new NotImplementedException();
}
