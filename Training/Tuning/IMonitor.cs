namespace EmotionMLNet.Training.Tuning;

/// <summary>Follows a search of <see cref="TuningExperiment"/> and never changes it. It has the members of ML.NET's interface.</summary>
/// <remarks>
/// The members are called on the thread that trains, one at a time, and the search waits for them. What they throw ends the search, and a
/// search with a checkpoint goes on from there. A search that goes on tells nothing again that it told before.
/// </remarks>
public interface IMonitor
{
    /// <summary>A trial begins, or goes on from where it was left: with successive halving, once for each rung.</summary>
    /// <param name="settings">What is tried.</param>
    void ReportRunningTrial(TrialSettings settings);

    /// <summary>A trial has come to its rung, or a rule stopped it before.</summary>
    /// <param name="result">What it reached.</param>
    void ReportCompletedTrial(TrialResult result);

    /// <summary>A trial that had all of its epochs is the best of these so far. It was reported as completed just before.</summary>
    /// <param name="result">What it reached.</param>
    void ReportBestTrial(TrialResult result);

    /// <summary>A trial came to nothing, or breaks a limit and was not trained.</summary>
    /// <param name="settings">What was tried.</param>
    /// <param name="exception">Why: its message is one line.</param>
    void ReportFailTrial(TrialSettings settings, Exception? exception = null);
}

/// <summary>A monitor that is also told of each epoch.</summary>
public interface IProgressMonitor : IMonitor
{
    /// <summary>An epoch of a trial is done.</summary>
    /// <param name="progress">What it brought.</param>
    void ReportProgress(TuningProgress progress);
}
