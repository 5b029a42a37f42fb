namespace EmotionMLNet.Training.Tuning.Schedulers;

/// <summary>
/// Stops a trial whose best loss so far is worse than the median of what the finished ones had at its step (Golovin et al. 2017, "Google
/// Vizier").
/// </summary>
internal static class MedianRule
{
    /// <summary>Trials that must have finished before any is stopped.</summary>
    public const int LeastFinished = 5;

    /// <summary>Whether a trial should stop where it is.</summary>
    /// <param name="trial">The trial, with all it has measured.</param>
    /// <param name="history">All trials; those that run, failed, or have no loss at its step do not count.</param>
    public static bool ShouldStop(Trial trial, IReadOnlyList<Trial> history)
    {
        if (trial.Measurements.Count == 0) return false;
        int step = trial.Measurements[^1].Resource;
        double[] others =
        [
            .. history
                .Where(t => t.Id != trial.Id && t.IsFinished && !t.HasFailed)
                .Select(t => t.LossAt(step))
                .OfType<double>()
                .Order(Comparer<double>.Create(LossOrder.Compare)),
        ];
        if (others.Length < LeastFinished) return false;
        double best = double.NaN;
        foreach (Measurement m in trial.Measurements)
            if (LossOrder.IsBetter(m.Loss, best)) best = m.Loss;
        double low = others[(others.Length - 1) / 2], high = others[others.Length / 2];
        return LossOrder.IsBetter((low + high) / 2, best);
    }
}
