using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Preprocessing;

/// <summary>
/// Several views of one picture at prediction time, whose probabilities are averaged: a little more accuracy for a multiple of the work.
/// </summary>
/// <remarks>
/// Views are made of the prepared picture, the bytes at network size that a single pass is given, so that evaluation and prediction see the
/// same ones. A crop is brought back to network size by the bilinear resize of preprocessing; a window stays as it is, and the network's
/// layers are run at its size, which those behind global pooling allow. What is averaged are probabilities, the arithmetic mean over views;
/// with flip and crops together, the mean of the two means, since ten crops would outvote the whole picture otherwise. Figures made so must
/// say so: they don't compare with those of one pass.
/// </remarks>
public sealed record TestTimeAugmentation : ISpanParsable<TestTimeAugmentation>
{
    /// <summary>
    /// Share of each side that a crop keeps unless another is given: 44 of 48 pixels. Since crops are enlarged here, smaller ones show
    /// faces larger than training did.
    /// </summary>
    public const double DefaultCrop = 44.0 / 48;

    /// <summary>
    /// Share of each side that a window keeps unless another is given: 40 of 48 pixels, what training with <c>crop</c> shows.
    /// </summary>
    public const double DefaultWindow = 40.0 / 48;

    /// <summary>What <see cref="Parse(string, IFormatProvider?)"/> understands, for people.</summary>
    public const string Forms =
        "none, flip, crops (enlarged), flip+crops or windows (as they are), the last three also with the share of each side that "
        + "is kept, above 0.5 and below 1: crops:0.9";

    private const string CropsName = "crops", BothName = "flip+crops", WindowsName = "windows";

    private TestTimeAugmentation(int whole, int cropped, double crop, bool enlarges)
    {
        Whole = whole;
        Cropped = cropped;
        Crop = crop;
        Enlarges = enlarges;
    }

    /// <summary>One pass of the whole picture.</summary>
    public static TestTimeAugmentation None { get; } = new(1, 0, 1, enlarges: false);

    /// <summary>The picture and its mirror image: twice the work.</summary>
    public static TestTimeAugmentation Flip { get; } = new(2, 0, 1, enlarges: false);

    /// <summary>
    /// Ten-crop: the four corners and the centre, each with its mirror image; ten times the work. Krizhevsky et al. 2012.
    /// </summary>
    public static TestTimeAugmentation Crops { get; } = new(0, 10, DefaultCrop, enlarges: true);

    /// <summary>Those of <see cref="Flip"/> and of <see cref="Crops"/>, each set with half the say; twelve times the work.</summary>
    public static TestTimeAugmentation FlipAndCrops { get; } = new(2, 10, DefaultCrop, enlarges: true);

    /// <summary>
    /// Ten-crop as published: corners and centre with their mirror images, not enlarged, so faces are as large as in training and the
    /// network has less to do.
    /// </summary>
    public static TestTimeAugmentation Windows { get; } = new(0, 10, DefaultWindow, enlarges: false);

    /// <summary>Passes of the network a picture: 1, 2, 10 or 12.</summary>
    public int Views => Whole + Cropped;

    /// <summary>Share of each side that a crop or window shows, 0.5 to 1; 1 without any.</summary>
    public double Crop { get; }

    /// <summary>Whether what a view shows is brought back to the network's size.</summary>
    public bool Enlarges { get; }

    // Views of the whole picture, the first ones, and those of a part.
    private int Whole { get; }

    private int Cropped { get; }

    /// <summary>
    /// Reads "none", "flip", "crops", "flip+crops", "windows", "crops:0.9", "flip+crops:0.9" or "windows:0.9", in any case and with blanks
    /// around it.
    /// </summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not looked at: the form is the same in every culture.</param>
    /// <exception cref="ArgumentNullException"><paramref name="s"/> is null.</exception>
    /// <exception cref="FormatException">It is anything else; the message says what it may be.</exception>
    public static TestTimeAugmentation Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static TestTimeAugmentation Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out TestTimeAugmentation? result)
            ? result
            : throw new FormatException($"'{BrokenContent.Short(s.ToString())}' names no views: give {Forms}");

    /// <summary>The same without an exception.</summary>
    /// <param name="s">The text; null is none of the forms.</param>
    /// <param name="result">The views; null if it is none of the forms.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, [NotNullWhen(true)] out TestTimeAugmentation? result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out TestTimeAugmentation?)"/>
    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        [NotNullWhen(true)] out TestTimeAugmentation? result
    ) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out TestTimeAugmentation?)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [NotNullWhen(true)] out TestTimeAugmentation? result)
    {
        string[] parts = s.Trim().ToString().ToLowerInvariant().Split(':');
        result = parts switch
        {
            ["none"] => None,
            ["flip"] => Flip,
            [CropsName] => Crops,
            [BothName] => FlipAndCrops,
            [WindowsName] => Windows,
            [CropsName or BothName or WindowsName, var share]
                when double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double crop)
                    && crop is > 0.5 and < 1 => new(parts[0] == BothName ? Flip.Whole : 0, Crops.Cropped, crop, parts[0] != WindowsName),
            _ => null,
        };
        return result is not null;
    }

    /// <summary>What <see cref="Parse(string, IFormatProvider?)"/> reads back.</summary>
    public override string ToString() => Views switch
    {
        1 => "none",
        2 => "flip",
        _ => Named(Whole > 0 ? BothName : Enlarges ? CropsName : WindowsName, Enlarges ? DefaultCrop : DefaultWindow),
    };

    /// <summary>In words, for people who read a figure.</summary>
    public string Describe() =>
        Views switch
        {
            1 => "one forward pass of the whole picture",
            2 => "mean of the probabilities of the picture and its mirror image",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"mean of the probabilities of {(Whole > 0 ? "two sets of views, the picture with its mirror image and " : "")}ten "
                    + $"crops: corners and centre at {Crop:P1} of each side, with their mirror "
                    + $"images{(Enlarges ? ", enlarged to the network's size" : ", at their own size")}"
                    + $"{(Whole > 0 ? "; each set counts half" : "")}"
            ),
        };

    /// <summary>Shape of a view: that of the picture, or of a window.</summary>
    /// <param name="preprocessing">How the picture was prepared.</param>
    internal ImagePreprocessing GetViewPreprocessing(ImagePreprocessing preprocessing)
    {
        if (Enlarges || Crop == 1) return preprocessing;
        (int width, int height) = Kept(preprocessing.Width, preprocessing.Height);
        return preprocessing with { Width = width, Height = height };
    }

    /// <summary>Makes one view.</summary>
    /// <param name="index">
    /// 0 up to <see cref="Views"/>; views of the whole picture come first, the picture itself before its mirror image.
    /// </param>
    /// <param name="pixels">[Height, Width, Channels] samples as preprocessing made them.</param>
    /// <param name="preprocessing">Tells the picture's shape.</param>
    /// <param name="view">
    /// Receives the samples of a picture of shape <see cref="GetViewPreprocessing"/>; other memory than <paramref name="pixels"/>.
    /// </param>
    internal void View(int index, ReadOnlySpan<byte> pixels, ImagePreprocessing preprocessing, Span<byte> view)
    {
        (int width, int height, int channels) = (preprocessing.Width, preprocessing.Height, preprocessing.Channels);
        (int columns, int rows) = Enlarges ? (width, height) : Kept(width, height);
        Resize.Bilinear(
            pixels,
            width,
            height,
            channels,
            index < Whole ? new Box(0, 0, width, height) : Window((index - Whole) / 2, width, height),
            view,
            columns,
            rows
        ); // at its own size a window keeps its bytes
        if (index % 2 == 1) Mirror(view, columns, channels);
    }

    /// <summary>Averages the rows of all views; whole pictures and crops are averaged apart first.</summary>
    /// <param name="views">[Views, K] probabilities.</param>
    /// <param name="mean">Receives K.</param>
    internal void Average(ReadOnlySpan<float> views, Span<float> mean)
    {
        int classes = mean.Length;
        for (int c = 0; c < classes; c++)
        {
            double whole = 0, cropped = 0;
            for (int v = 0; v < Whole; v++) whole += views[v * classes + c];
            for (int v = Whole; v < Views; v++) cropped += views[v * classes + c];
            mean[c] = (float)(Cropped == 0 ? whole / Whole : Whole == 0 ? cropped / Cropped : (whole / Whole + cropped / Cropped) / 2);
        }
    }

    private string Named(string name, double usual) => Crop == usual ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{Crop}");

    // Whole pixels, so that only the scale is resampled, if anything; 0 to 3 are corners, 4 is the centre.
    private Box Window(int place, int width, int height)
    {
        (int w, int h) = Kept(width, height);
        int left = place == 4 ? (width - w) / 2 : place % 2 * (width - w), top = place == 4 ? (height - h) / 2 : place / 2 * (height - h);
        return new Box(left, top, left + w, top + h);
    }

    private (int Width, int Height) Kept(int width, int height)
        => (Math.Clamp((int)Math.Round(Crop * width), 1, width), Math.Clamp((int)Math.Round(Crop * height), 1, height));

    private static void Mirror(Span<byte> pixels, int width, int channels)
    {
        for (int row = 0; row < pixels.Length; row += width * channels)
        {
            Span<byte> line = pixels.Slice(row, width * channels);
            if (channels == 1)
            {
                line.Reverse();
                continue;
            }
            for (int left = 0, right = width - 1; left < right; left++, right--)
                for (int c = 0; c < channels; c++)
                    (line[left * channels + c], line[right * channels + c]) = (line[right * channels + c], line[left * channels + c]);
        }
    }
}
