using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What trials are compared by, as tuners want it: the smaller the better.</summary>
internal static class TrialLoss
{
    /// <summary>Of an epoch.</summary>
    public static double Of(EpochResult epoch, SelectionMetric metric) => Of(epoch.Score(metric), metric);

    /// <summary>Of the figures of a model.</summary>
    public static double Of(ClassificationReport figures, SelectionMetric metric) => Of(
        metric switch
        {
            SelectionMetric.Accuracy => figures.Accuracy,
            SelectionMetric.MacroF1 => figures.MacroF1,
            _ => -figures.LogLoss,
        },
        metric
    );

    // Log loss is a loss already; scores are shares.
    private static double Of(double score, SelectionMetric metric) => metric == SelectionMetric.Loss ? -score : 1 - score;
}
