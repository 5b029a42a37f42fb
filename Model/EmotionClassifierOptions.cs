using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet;

/// <summary>How an <see cref="EmotionClassifier"/> reads pictures.</summary>
public sealed record EmotionClassifierOptions
{
    /// <summary>Limits and background of the image reader.</summary>
    public ImageReaderOptions Reader { get; init; } = ImageReaderOptions.Default;

    /// <summary>Views of each picture whose probabilities are averaged: a flip costs twice the network's time, ten crops ten times; decoding is done once.</summary>
    public TestTimeAugmentation TestTimeAugmentation { get; init; } = TestTimeAugmentation.None;
}
