namespace EmotionMLNet.Training.Schedules;

/// <summary>
/// A linear rise over the first <paramref name="warmUp"/> epochs (Goyal et al. 2017, arXiv:1706.02677), then another schedule over the
/// rest.
/// </summary>
internal sealed class WarmUp(double warmUp, ISchedule then) : ISchedule
{
    /// <summary>The schedule behind the rise.</summary>
    public ISchedule Then { get; } = then;

    public double ComputeFactor(double epoch, double epochs)
        => epoch < warmUp ? epoch / warmUp : Then.ComputeFactor(epoch - warmUp, Math.Max(epochs - warmUp, 1e-9));
}
