using EmotionMLNet.Faces;
using EmotionMLNet.Imaging;

namespace EmotionMLNet;

/// <summary>How a <see cref="FaceDetector"/> looks for faces.</summary>
public sealed record FaceDetectorOptions
{
    /// <summary>Least score of a face that is reported, above 0 and below 1; null: what the detector's file says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to something else.</exception>
    public float? MinScore
    {
        get;
        init
        {
            if (value is { } score && !(score > 0 && score < 1))
                throw new ArgumentOutOfRangeException(nameof(value), score, "A least score lies between 0 and 1.");
            field = value;
        }
    }

    /// <summary>
    /// Pixels that the long side of a picture is brought to before it is looked at, 64 to 4096; null: what the detector's file says. Faces
    /// of about a fortieth of it are found; time grows with its square.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to something else.</exception>
    public int? LongSide
    {
        get;
        init
        {
            if (value is < FaceScan.LeastLongSide or > FaceScan.MostLongSide)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A long side has 64 to 4096 pixels.");
            field = value;
        }
    }

    /// <summary>Most faces that are reported of a picture, the best ones; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less.</exception>
    public int MaxFaces
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100;

    /// <summary>
    /// Whether a call that comes while no other is under way is split over up to four cores, so that it answers sooner. False keeps each
    /// call on its caller's thread, for programs that have other work for the cores. What is found is the same.
    /// </summary>
    public bool SplitsPictures { get; init; } = true;

    /// <summary>Limits and background of the image reader.</summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
    public ImageReaderOptions Reader
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ImageReaderOptions.Default;
}
