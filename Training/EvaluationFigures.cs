using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training;

/// <summary>How well a model's labels agree with those of annotators on some pictures.</summary>
public sealed record EvaluationFigures
{
    /// <summary>Which pictures these are, and what they are to the model's training: one line.</summary>
    public required string Pictures { get; init; }

    /// <summary>Number of pictures.</summary>
    public required int Count { get; init; }

    /// <summary>Share of them that is labelled right, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Lower end of the 95 % Wilson score interval of <see cref="Accuracy"/>.</summary>
    public required double AccuracyLow { get; init; }

    /// <summary>Upper end of the 95 % Wilson score interval of <see cref="Accuracy"/>.</summary>
    public required double AccuracyHigh { get; init; }

    /// <summary>Unweighted mean F1 over the classes that occur in truth or prediction, 0 to 1.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean -ln p(true class), in nats.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Top-label expected calibration error over 15 bins of equal width, 0 to 1.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>Accuracy of always giving the commonest label, 0 to 1: what an accuracy has to be above to mean anything.</summary>
    public required double MajorityAccuracy { get; init; }

    /// <summary>Class names in the order of <see cref="Confusion"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Counts by true class and, within it, predicted class.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Returns "63.2 % of 302 pictures (95 % interval 57.6 to 68.5 %), macro F1 61.0 %".</summary>
    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{100 * Accuracy:0.0} % of {Count} pictures (95 % interval {100 * AccuracyLow:0.0} to {100 * AccuracyHigh:0.0} %), "
                + $"macro F1 {100 * MacroF1:0.0} %"
        );

    internal static EvaluationFigures Of(Evaluation evaluation) => new()
    {
        Pictures = evaluation.Part.Caution is { } caution ? $"{evaluation.Part.Heading} ({caution})" : evaluation.Part.Heading,
        Count = evaluation.Report.Images,
        Accuracy = evaluation.Report.Accuracy,
        AccuracyLow = evaluation.Report.AccuracyLow,
        AccuracyHigh = evaluation.Report.AccuracyHigh,
        MacroF1 = evaluation.Report.MacroF1,
        LogLoss = evaluation.Report.LogLoss,
        CalibrationError = evaluation.Report.ExpectedCalibrationError,
        MajorityAccuracy = evaluation.Baseline.Majority,
        Labels = evaluation.Manifest.Labels,
        Confusion = evaluation.Report.Confusion,
    };
}
