using EmotionMLNet.Files;

namespace EmotionMLNet.Imaging;

/// <summary>How <see cref="ImageReader"/> decodes.</summary>
public sealed record ImageReaderOptions
{
    /// <summary>
    /// The defaults: files up to 256 MB, 100 megapixels and 160 MB of working memory at most, white behind transparent pixels, full size.
    /// </summary>
    public static ImageReaderOptions Default { get; } = new();

    /// <summary>Largest width · height accepted, checked against the header before anything is allocated.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 0.</exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 100_000_000;

    /// <summary>Largest file or stream read, in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 1.</exception>
    public long MaxFileBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = RegularFile.DefaultMaxBytes;

    /// <summary>
    /// Most bytes that all decoders of the process work with at once, counted from the headers before anything is allocated. Who would go
    /// above it waits for others to finish; a picture that alone needs more is refused. A picture that is returned at full size does not
    /// count, what it takes to decode it does.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 1.</exception>
    public long MaxWorkingBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 160L << 20;

    /// <summary>
    /// Most time that a picture's decoding may take, looked at once a row; null, the default, is any. Time in which it waits for memory
    /// that others hold does not count. A picture that takes longer is refused, so a file that was made to be slow holds no core.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to 0 or less.</exception>
    public TimeSpan? TimeLimit
    {
        get;
        init
        {
            if (value is { } time) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(value));
            field = value;
        }
    }

    /// <summary>Colour behind transparent pixels: white, since most cut-out faces on the web were made for white pages.</summary>
    public (byte Red, byte Green, byte Blue) Background { get; init; } = (255, 255, 255);

    /// <summary>
    /// Smallest size that the caller can use (0 = full size). A JPEG is then decoded at 1/2, 1/4 or 1/8 straight from its DCT
    /// as long as neither side falls below; other formats above one megapixel are reduced so by the mean of boxes of pixels, row by row
    /// as they are decoded. It is given in upright orientation (after EXIF).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is set to less than 0.</exception>
    public (int Width, int Height) WantedSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value.Width, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative(value.Height, nameof(value));
            field = value;
        }
    }

    /// <summary>
    /// The same where only the longer side counts (0 = full size), for pictures whose shape is not known; used in place of
    /// <see cref="WantedSize"/> where it is set.
    /// </summary>
    internal int WantedLongSide { get; init; }

    /// <summary>Most pixels of the file, each way, that one of the decoded picture may stand for: 1, 2, 4 or 8.</summary>
    internal int MostReduction { get; init; } = 8;

    /// <summary>
    /// Whether the caller turns colours into luma anyway: of a YCbCr JPEG that is reduced then only Y is decoded, of other formats luma is
    /// kept.
    /// </summary>
    internal bool LumaIsEnough { get; init; }

    /// <summary>Smallest size of a stored picture that the caller can use.</summary>
    /// <param name="width">Columns as stored.</param>
    /// <param name="height">Rows as stored.</param>
    /// <param name="isTurned">Whether the upright picture has them exchanged.</param>
    internal (int Width, int Height) FindWantedSize(int width, int height, bool isTurned)
    {
        if (WantedLongSide > 0) return width >= height ? (WantedLongSide, 1) : (1, WantedLongSide);
        return isTurned ? (WantedSize.Height, WantedSize.Width) : WantedSize;
    }
}
