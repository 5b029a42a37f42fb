using EmotionMLNet.Imaging;

namespace EmotionMLNet;

/// <summary>How an <see cref="EmotionClassifier"/> reads pictures.</summary>
public sealed record EmotionClassifierOptions
{
    /// <summary>Limits and background of the image reader.</summary>
    public ImageReaderOptions Reader { get; init; } = ImageReaderOptions.Default;
}
