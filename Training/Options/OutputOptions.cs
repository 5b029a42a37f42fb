using EmotionMLNet.Onnx;

namespace EmotionMLNet.Training.Options;

/// <summary>What is made of the best epoch.</summary>
public sealed record OutputOptions
{
    /// <summary>At the end, fit a temperature on validation and fold it into the saved weights.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>How the model zip holds the weights; validation measures them as the zip will have them.</summary>
    public OnnxWeights ZipWeights { get; init; }

    /// <summary>What the weights may be used for, recorded in the zip; null means that nobody has said.</summary>
    public string? Licence { get; init; }
}
