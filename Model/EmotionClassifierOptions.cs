using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet;

/// <summary>How an <see cref="EmotionClassifier"/> reads pictures.</summary>
public sealed record EmotionClassifierOptions
{
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

    /// <summary>
    /// Views of each picture whose probabilities are averaged: a flip costs twice the network's time, ten crops ten times; decoding is done
    /// once.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
    public TestTimeAugmentation TestTimeAugmentation
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = TestTimeAugmentation.None;

    /// <summary>
    /// Which faces of a picture are classified. Null: the model decides; where its manifest says that its pictures are faces, and there is
    /// a <see cref="Detector"/>, the largest one, else none is looked for. A picture that is a face already, as
    /// <see cref="FaceCrop.IsCrop"/> tells, is classified as it is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to a value that is not in the list.</exception>
    public FaceSearch? Faces
    {
        get;
        init
        {
            if (value is { } search && !Enum.IsDefined(search))
                throw new ArgumentOutOfRangeException(nameof(value), search, "Off, Largest or All is wanted.");
            field = value;
        }
    }

    /// <summary>Finds the faces; wanted where <see cref="Faces"/> asks for some.</summary>
    public FaceDetector? Detector { get; init; }
}
