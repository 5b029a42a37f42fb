namespace EmotionMLNet.Imaging;

/// <summary>The check that stands between a header and the first allocation.</summary>
internal static class PixelLimit
{
    /// <summary>
    /// Longest side accepted: four times what JPEG and GIF can hold. A needle of 100,000,000 x 1 would cost a resize gigabytes.
    /// </summary>
    public const int MaxSide = 1 << 18;

    /// <summary>Refuses empty pictures and those above <see cref="ImageReaderOptions.MaxPixels"/> or the largest array.</summary>
    /// <param name="format">Name for the message.</param>
    /// <param name="offset">Byte position of the size in the file.</param>
    /// <param name="width">Columns as the header says.</param>
    /// <param name="height">Rows as the header says.</param>
    /// <param name="options">Holds the limit.</param>
    public static void Check(string format, long offset, long width, long height, ImageReaderOptions options)
    {
        if (width < 1 || height < 1) throw new ImageFormatException(format, offset, $"a size of {width} x {height} pixels is impossible");
        if (width > MaxSide || height > MaxSide)
            throw new ImageFormatException(format, offset, $"{width} x {height} pixels: no side may be above {MaxSide}")
            {
                Problem = ImageProblem.Size,
            };
        // Four channels must fit one array, whatever limit the caller sets.
        long limit = Math.Min(options.MaxPixels, Array.MaxLength / 4);
        if (width * height > limit)
            throw new ImageFormatException(format, offset, $"{width} x {height} pixels are more than the limit of {limit}")
            {
                Problem = ImageProblem.Size,
            };
    }
}
