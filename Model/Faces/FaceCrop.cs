using System.Buffers;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet;

/// <summary>How a face is cut out of a picture: the square that FER2013 has, as high as the box and around its middle.</summary>
/// <remarks>
/// Where the square reaches beyond the picture, the pixels of the border are repeated. A face that leans stays so: a box does not say where
/// the eyes are.
/// </remarks>
public sealed record FaceCrop
{
    internal const float LeastScale = 0.25f, MostScale = 4;

    // Pictures that are faces already are about square: 4 to 5 at most. The other limit is that of the network, and at least this.
    private const int SmallestCrop = 64;

    // A window so much larger than the picture shows nothing of it.
    private const int MostPictures = 64;

    /// <summary>Side of the square, in heights of the box, from 0.25 to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to something else.</exception>
    public float Scale
    {
        get;
        init
        {
            if (!(value is >= LeastScale and <= MostScale))
                throw new ArgumentOutOfRangeException(nameof(value), value, $"A scale of {LeastScale} to {MostScale} is wanted.");
            field = value;
        }
    } = 1;

    /// <summary>The square that is cut, in pixels of the picture; parts of it may lie outside.</summary>
    /// <param name="box">The face.</param>
    public FaceBox FindSquare(FaceBox box)
    {
        float side = box.Height * Scale;
        return new FaceBox(box.CentreX - side * 0.5f, box.CentreY - side * 0.5f, side, side);
    }

    /// <summary>Cuts a face, scaled by the triangle filter that also prepares pictures for the network.</summary>
    /// <param name="picture">Of 1, 3 or 4 channels, upright.</param>
    /// <param name="box">The face, in pixels of the picture.</param>
    /// <param name="side">Rows and columns wanted, at least 1.</param>
    /// <returns>[side, side], of as many channels.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="picture"/> is null.</exception>
    /// <exception cref="ArgumentException">The box is no rectangle near the picture, or more than 64 times as large.</exception>
    public Image Cut(Image picture, FaceBox box, int side)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        byte[] pixels = new byte[checked(side * side * picture.Channels)];
        Cut(Raster.Of(picture), Window(picture.Width, picture.Height, box), pixels, side);
        return new Image(side, side, picture.Channels, pixels);
    }

    /// <summary>
    /// Whether a picture of that size counts as a face that was cut already, and is not searched: about square, 4 to 5 at most, and no
    /// larger than the network's input or 64 pixels.
    /// </summary>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="preprocessing">Says how large the network's input is.</param>
    /// <exception cref="ArgumentNullException"><paramref name="preprocessing"/> is null.</exception>
    public static bool IsCrop(int width, int height, ImagePreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        int most = Math.Max(SmallestCrop, Math.Max(preprocessing.Width, preprocessing.Height));
        return Math.Max(width, height) <= most && 5 * Math.Min(width, height) >= 4 * Math.Max(width, height);
    }

    /// <summary>Whether a square can be cut: it shows something of the picture, and is not absurdly large.</summary>
    internal bool IsInside(int width, int height, FaceBox box)
    {
        FaceBox square = FindSquare(box);
        // Written so that NaN fails too.
        return square.X < square.X + square.Width
            && square.Y < square.Y + square.Height
            && square.X + square.Width > 0
            && square.Y + square.Height > 0
            && square.X < width
            && square.Y < height
            && square.Width <= (float)MostPictures * Math.Max(width, height);
    }

    /// <summary>Cuts a face for a network.</summary>
    /// <param name="picture">Of 1 or 3 channels.</param>
    /// <param name="box">The face, in pixels of the picture.</param>
    /// <param name="preprocessing">The network's.</param>
    /// <param name="pixels">Receives [Height, Width, Channels] samples.</param>
    /// <param name="working">Taken for grey.</param>
    internal void ToPixels(Raster picture, FaceBox box, ImagePreprocessing preprocessing, Span<byte> pixels, WorkingBuffer working)
    {
        Box window = Window(picture.Width, picture.Height, box);
        int side = Math.Max(preprocessing.Width, preprocessing.Height);
        int channels = Math.Min(picture.Channels, preprocessing.Channels);
        bool isDone = preprocessing.Width == preprocessing.Height && channels == preprocessing.Channels;
        byte[]? rented = isDone ? null : ArrayPool<byte>.Shared.Rent(side * side * channels);
        Span<byte> square = isDone ? pixels : rented.AsSpan(0, side * side * channels);
        if (channels == picture.Channels) Cut(picture, window, square, side);
        else CutGrey(picture, window, square, side, working);
        if (rented is null) return;
        preprocessing.ToPixels(new Raster(side, side, channels, rented), pixels, working);
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Cut(Raster picture, Box window, Span<byte> pixels, int side)
        => Resize.Bilinear(
            picture.Samples, picture.Width, picture.Height, picture.Channels, window, pixels, side, side, repeatsBorder: true);

    // Luma first, as ImagePreprocessing has it, but of no more of the picture than the filter reads.
    private static void CutGrey(Raster picture, Box window, Span<byte> pixels, int side, WorkingBuffer working)
    {
        int margin = (int)Math.Max(1, (window.Right - window.Left) / side) + 2;
        (int left, int right) = Reach(window.Left, window.Right, margin, picture.Width);
        (int top, int bottom) = Reach(window.Top, window.Bottom, margin, picture.Height);
        (int width, int height) = (right - left, bottom - top);
        Span<byte> grey = working.Take(width * height);
        ReadOnlySpan<byte> samples = picture.Samples;
        for (int y = 0; y < height; y++)
            Luma.FromRgb(samples.Slice(((top + y) * picture.Width + left) * 3, width * 3), grey.Slice(y * width, width));
        var inside = new Box(window.Left - left, window.Top - top, window.Right - left, window.Bottom - top);
        Resize.Bilinear(grey, width, height, 1, inside, pixels, side, side, repeatsBorder: true);
        working.Release();
    }

    private static (int First, int End) Reach(float from, float to, int margin, int size)
        => ((int)Math.Clamp(MathF.Floor(from) - margin, 0, size - 1), (int)Math.Clamp(MathF.Ceiling(to) + margin, 1, size));

    private Box Window(int width, int height, FaceBox box)
    {
        FaceBox square = FindSquare(box);
        return IsInside(width, height, box)
            ? new Box(square.X, square.Y, square.X + square.Width, square.Y + square.Height)
            : throw new ArgumentException($"{box} is no face in a picture of {width} x {height} pixels.", nameof(box));
    }
}
