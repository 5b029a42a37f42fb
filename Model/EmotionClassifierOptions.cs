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
}
