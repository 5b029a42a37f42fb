using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Runs;

/// <summary>What weights are worth on validation. A figure that the task does not have is NaN.</summary>
/// <param name="Loss">Nats.</param>
/// <param name="Accuracy">0 to 1; of labels.</param>
/// <param name="MacroF1">0 to 1; of labels.</param>
/// <param name="AveragePrecision">0 to 1, at an intersection over union of one half; of faces.</param>
/// <param name="Recall">0 to 1, at one false positive in ten pictures; of faces.</param>
internal readonly record struct ValidationFigures(double Loss, double Accuracy, double MacroF1, double AveragePrecision, double Recall)
{
    public static ValidationFigures OfLabels(ClassificationReport report) =>
        new(report.LogLoss, report.Accuracy, report.MacroF1, double.NaN, double.NaN);

    public static ValidationFigures OfFaces(double loss, double averagePrecision, double recall) =>
        new(loss, double.NaN, double.NaN, averagePrecision, recall);
}
