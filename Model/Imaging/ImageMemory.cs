using System.Numerics;
using EmotionMLNet.Imaging.Jpeg;

namespace EmotionMLNet.Imaging;

/// <summary>
/// Memory for decoding one picture after another, so that all but the first, and larger ones, allocate nothing. One caller at a time.
/// </summary>
/// <param name="forImages">
/// Whether the pictures are to be kept as <see cref="Image"/>: each then gets samples of its own, which do not count as working memory.
/// </param>
internal sealed class ImageMemory(bool forImages = false)
{
    // Beyond that a picture is an exception, and its memory is not held on to.
    private const int MostKept = 1 << 22;

    // So little is not worth a look at what others hold.
    private const long Negligible = 1 << 20;

    private readonly WorkingBuffer decoded = new(MostKept), turned = new(MostKept);
    private long reserved;
    private int longSide;

    public JpegMemory Jpeg { get; } = new();

    /// <summary>Samples turned to luma.</summary>
    public WorkingBuffer Grey { get; } = new(MostKept);

    /// <summary>Sums of the samples of a reduced picture.</summary>
    public WorkingBuffer Sums { get; } = new(MostKept);

    /// <summary>Rows under conversion.</summary>
    public WorkingBuffer Rows { get; } = new(MostKept);

    /// <summary>Compressed data that are put together from pieces.</summary>
    public WorkingBuffer Compressed { get; } = new(MostKept);

    public bool ForImages => forImages;

    /// <summary>Pixels of the file that a pixel of the decoded picture stands for, each way: 1, 2, 4 or 8.</summary>
    public int Reduction { get; private set; } = 1;

    /// <summary>Whether straight alpha stays, for those who compare it; otherwise it is laid over the background.</summary>
    public bool KeepsAlpha { get; init; }

    /// <summary>Decoders look at it once a row.</summary>
    public DecodingWatch Watch { get; } = new();

    /// <summary>The caller's wish, a part of <see cref="Watch"/>.</summary>
    public CancellationToken Cancellation
    {
        get => Watch.Cancellation;
        set => Watch.Cancellation = value;
    }

    /// <summary>Size of the last picture as its file says it, upright; that of a reduced picture is less.</summary>
    public (int Width, int Height) FullSize { get; private set; }

    /// <summary>Time that decoders took; whoever asks sets it back.</summary>
    public TimeSpan DecodingTime { get; set; }

    /// <summary>
    /// Takes the working memory of a picture out of the common budget, before anything of its size is allocated; once a picture.
    /// </summary>
    /// <param name="format">Name for the message.</param>
    /// <param name="offset">Byte position of the size in the file.</param>
    /// <param name="width">Columns as the header says.</param>
    /// <param name="height">Rows as the header says.</param>
    /// <param name="bytes">The whole need.</param>
    /// <param name="options">Hold the limit.</param>
    /// <exception cref="ImageFormatException">It alone is above the limit.</exception>
    public void Reserve(string format, long offset, int width, int height, long bytes, ImageReaderOptions options)
    {
        Release();
        longSide = Math.Max(width, height);
        FullSize = (width, height);
        long limit = options.MaxWorkingBytes;
        if (bytes > limit)
            throw new ImageFormatException(
                format,
                offset,
                $"{width} x {height} pixels, {Megabytes(bytes)} MB of working memory are more than the limit of {limit >> 20} MB; "
                    + "scale the picture down, or raise ImageReaderOptions.MaxWorkingBytes"
            )
            {
                Problem = ImageProblem.Size,
            };
        if (bytes <= Negligible) return;
        DecodingBudget.Shared.Take(bytes, limit, Cancellation);
        Watch.Restart();
        reserved = bytes;
    }

    /// <summary>Room for samples as a file stores them.</summary>
    public Raster Decoded(int width, int height, int channels)
    {
        // Sides are rounded up, so the quotient is a little less than the power of two that it stands for.
        int side = Math.Max(width, height), quotient = (int)((2L * longSide + side) / (2L * side));
        Reduction = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(quotient, 1, 8));
        return Room(decoded, width, height, channels);
    }

    /// <summary>Notes that the upright picture has columns and rows exchanged.</summary>
    public void Turn() => FullSize = (FullSize.Height, FullSize.Width);

    /// <summary>Room for samples turned upright.</summary>
    public Raster Turned(int width, int height, int channels) => Room(turned, width, height, channels);

    /// <summary>Gives back what the picture took; its samples are not to be used any more, but for those of images.</summary>
    public void Release()
    {
        decoded.Release();
        turned.Release();
        Grey.Release();
        Sums.Release();
        Rows.Release();
        Compressed.Release();
        if (reserved > 0) DecodingBudget.Shared.Return(reserved);
        reserved = 0;
    }

    private Raster Room(WorkingBuffer buffer, int width, int height, int channels)
    {
        int length = checked(width * height * channels);
        if (forImages) return new Raster(width, height, channels, GC.AllocateUninitializedArray<byte>(length));
        buffer.Take(length);
        return new Raster(width, height, channels, buffer);
    }

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}
