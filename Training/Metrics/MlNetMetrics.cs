namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// The figures that ML.NET's <c>MulticlassClassificationMetrics</c> and Model Builder show, by their names and definitions.
/// </summary>
/// <param name="MicroAccuracy">Share of right labels: what everybody else calls accuracy.</param>
/// <param name="MacroAccuracy">Mean recall over classes that occur: balanced accuracy.</param>
/// <param name="LogLoss">Mean -ln p(true class), p floored at 1e-15.</param>
/// <param name="LogLossReduction">
/// (H - LogLoss) / H, where H is the entropy in nats of the evaluated labels, the log loss of someone who knows nothing but their
/// frequencies: 1 is perfect, 0 is no better than that, negative is worse. ML.NET's documentation calls H the log loss of the prior; its
/// evaluator takes that prior from the rows it evaluates, never from training. A fraction, not percent. Not a number where all images are
/// of one class.
/// </param>
internal sealed record MlNetMetrics(double MicroAccuracy, double MacroAccuracy, double LogLoss, double LogLossReduction)
{
    public static MlNetMetrics Compute(ClassificationReport report)
    {
        double entropy = -report
            .PerClass.Where(c => c.Support > 0)
            .Sum(c => (double)c.Support / report.Images * Math.Log((double)c.Support / report.Images));
        return new(
            report.Accuracy,
            report.BalancedAccuracy,
            report.LogLoss,
            entropy > 0 ? (entropy - report.LogLoss) / entropy : double.NaN
        );
    }
}
