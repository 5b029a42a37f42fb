namespace EmotionMLNet.Trainer.Metrics;

/// <summary>Precision, recall and F1 of one class, one against the rest.</summary>
internal sealed record ClassMetrics(string Label, double Precision, double Recall, double F1, int Support);

/// <summary>The honest summary of predictions on one split.</summary>
internal sealed record ClassificationReport
{
    public required int Images { get; init; }

    public required double Accuracy { get; init; }

    /// <summary>Ends of the 95 % Wilson score interval of <see cref="Accuracy"/>.</summary>
    public required double AccuracyLow { get; init; }

    public required double AccuracyHigh { get; init; }

    /// <summary>Mean recall over classes that occur.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>Unweighted mean F1 over classes that occur in truth or prediction.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean -ln p(true class), p floored at 1e-15.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Top-label expected calibration error over 15 equal-width bins: Guo et al. 2017, arXiv:1706.04599.</summary>
    public required double ExpectedCalibrationError { get; init; }

    public required IReadOnlyList<ClassMetrics> PerClass { get; init; }

    /// <summary>Counts [true class][predicted class].</summary>
    public required int[][] Confusion { get; init; }

    /// <summary>Computes all figures.</summary>
    /// <param name="labels">K class names.</param>
    /// <param name="probabilities">[N, K] row-major.</param>
    /// <param name="truth">N class indices.</param>
    public static ClassificationReport Compute(IReadOnlyList<string> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth)
        => throw new NotImplementedException();
}
