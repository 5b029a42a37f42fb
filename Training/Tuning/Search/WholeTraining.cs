using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>A training of a search whose model counts: a run folder like any other, with how it ended.</summary>
internal static class WholeTraining
{
    /// <summary>Trains, or goes on where that was interrupted.</summary>
    /// <param name="prepared">Settings, network and data.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="features">Folder of bottleneck features.</param>
    /// <param name="cancellation">Ends it; what is done is kept.</param>
    /// <param name="listeners">Follow it.</param>
    /// <returns>How it ended; null where it was ended before.</returns>
    public static RunOutcome? Run(
        PreparedTraining prepared,
        string folder,
        string features,
        CancellationToken cancellation,
        params IReadOnlyList<ITrainingListener> listeners
    )
    {
        if (RunOutcome.Find(folder) is { } known) return known;
        using var opened = RunFolder.Open(folder, mayHoldRun: true);
        bool resumes = File.Exists(Path.Combine(folder, Checkpoint.FileName));
        TrainingProgress progress = TrainingJob
            .Train(prepared, opened, resumes, features, new SilentReporter(), cancellation, listeners)
            .Progress;
        if (progress.Finished is not { } ended) return null;
        var outcome = new RunOutcome(prepared.Options.Seed, progress.BestEpoch, ended, progress.History);
        outcome.Save(folder);
        return outcome;
    }
}
