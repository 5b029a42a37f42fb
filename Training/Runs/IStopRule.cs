namespace EmotionMLNet.Training.Runs;

/// <summary>Ends a run before its last epoch.</summary>
internal interface IStopRule
{
    /// <summary>Why the run ends behind its latest epoch: one sentence; null where it goes on.</summary>
    /// <param name="progress">
    /// With at least one epoch. The answer depends on it alone, so that a resumed run ends where an unbroken one does.
    /// </param>
    string? FindReason(TrainingProgress progress);
}
