namespace EmotionMLNet.MLNetZip;

/// <summary>
/// Figures of a model on one split, kept in its zip. They are those of its weights: a zip that is saved with other weights loses them.
/// </summary>
public sealed record MeasurementRecord
{
    /// <summary>The network that was measured: <see cref="ModelManifest.OnnxSha256"/>.</summary>
    public required string OnnxSha256 { get; init; }

    /// <summary>Whether it ran in 8-bit integers.</summary>
    public bool InEightBits { get; init; }

    /// <summary>Name of the split in the data, such as PublicTest.</summary>
    public required string Split { get; init; }

    /// <summary>What the split is for: train, validation or test. Epoch and temperature were chosen on validation.</summary>
    public required string Purpose { get; init; }

    /// <summary>SHA-256 over the split's decoded pixels and labels, hex.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Views whose probabilities were averaged: none is a single pass of the whole picture.</summary>
    public required string TestTimeAugmentation { get; init; }

    /// <summary>Pictures of the split.</summary>
    public required int Images { get; init; }

    /// <summary>Share of pictures whose label is that of the annotators, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Lower end of its 95 % Wilson interval.</summary>
    public required double AccuracyLow { get; init; }

    /// <summary>Upper end of its 95 % Wilson interval.</summary>
    public required double AccuracyHigh { get; init; }

    /// <summary>Unweighted mean of the classes' F1, 0 to 1.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean of -ln p(annotators' label).</summary>
    public required double LogLoss { get; init; }

    /// <summary>
    /// Expected calibration error of the predicted label, over 15 bins of equal width, 0 to 1: Guo et al. 2017, arXiv:1706.04599, eq. 3.
    /// </summary>
    public required double ExpectedCalibrationError { get; init; }
}
