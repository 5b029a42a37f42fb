namespace EmotionMLNet.Training.Schedules;

/// <summary>
/// Times <paramref name="factor"/> whenever the watched figure has not improved for <paramref name="patience"/> epochs: Keras'
/// ReduceLROnPlateau.
/// </summary>
/// <param name="factor">Below 1.</param>
/// <param name="patience">Epochs to wait, at least 1.</param>
/// <param name="smallest">The factor never falls below.</param>
internal sealed class PlateauSchedule(double factor, int patience, double smallest = 1e-4) : ISchedule
{
    /// <summary>The present factor; part of a checkpoint.</summary>
    public double Current { get; set; } = 1;

    /// <summary>Epochs without improvement since the last change; part of a checkpoint.</summary>
    public int Stale { get; set; }

    public double ComputeFactor(double epoch, double epochs) => Current;

    /// <param name="improved">Whether the epoch set a new best.</param>
    public void Observe(bool improved)
    {
        Stale = improved ? 0 : Stale + 1;
        if (Stale < patience) return;
        Current = Math.Max(smallest, Current * factor);
        Stale = 0;
    }
}
