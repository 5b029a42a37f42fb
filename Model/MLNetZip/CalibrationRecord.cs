namespace EmotionMLNet.MLNetZip;

/// <summary>
/// That a model's confidence was fitted to how often it is right, on what, and with which effect: Guo et al. 2017, arXiv:1706.04599.
/// </summary>
/// <remarks>
/// Logits were divided by one temperature. It stands in the weights of the last layer already: nobody who runs the model needs to know.
/// Labels don't change by it, probabilities do. Expected calibration errors are of the predicted label, over <see cref="Bins"/> bins of
/// equal width (eq. 3 there), 0 to 1; log losses are means of -ln p(true class).
/// </remarks>
public sealed record CalibrationRecord
{
    /// <summary>What logits were divided by: above 1 takes confidence away, below 1 adds some.</summary>
    public required double Temperature { get; init; }

    /// <summary>Name of the split that it was fitted on.</summary>
    public required string Split { get; init; }

    /// <summary>Pictures of that split.</summary>
    public required int Images { get; init; }

    /// <summary>SHA-256 over the data's decoded pixels, labels and split, hex.</summary>
    public string? DataFingerprint { get; init; }

    /// <summary>Bins of equal width of the calibration errors.</summary>
    public required int Bins { get; init; }

    /// <summary>Parts of the cross-fitted figures: each part is measured at the temperature fitted on all others.</summary>
    public required int Folds { get; init; }

    /// <summary>Calibration error on the split, at temperature 1.</summary>
    public required double ErrorBefore { get; init; }

    /// <summary>Calibration error on the split, at the temperature; optimistic, since it was fitted there.</summary>
    public required double ErrorAfter { get; init; }

    /// <summary>Cross-fitted: what to expect on pictures that the temperature was not fitted on.</summary>
    public required double ErrorCrossFitted { get; init; }

    /// <summary>Mean -ln p(true class) on the split, at temperature 1.</summary>
    public required double LogLossBefore { get; init; }

    /// <summary>Mean -ln p(true class) on the split, at the temperature; optimistic, since it was fitted there.</summary>
    public required double LogLossAfter { get; init; }

    /// <summary>Mean -ln p(true class), cross-fitted as <see cref="ErrorCrossFitted"/>.</summary>
    public required double LogLossCrossFitted { get; init; }
}
