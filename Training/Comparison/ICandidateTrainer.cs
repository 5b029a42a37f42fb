using System.Text.Json;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// How candidates of one kind are trained. Networks are one kind (<see cref="NetworkTrainer"/>); a program may bring others, through an
/// <see cref="ICandidateSource"/>. The comparison keeps the rules: the data, their division, the seeds, the choice and the test reading.
/// </summary>
internal interface ICandidateTrainer
{
    /// <summary>
    /// What makes a candidate what it is, for the plan and the reports: where an interrupted comparison finds other settings than these, it
    /// does not go on.
    /// </summary>
    JsonElement DescribeSettings(TrainingOptions options);

    /// <summary>What it begins with, in a few words: "scratch", the name of a file.</summary>
    string DescribeStart(TrainingOptions options);

    /// <summary>What a reader must know of the figures of this kind, in whole sentences; the same for all of the kind.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>How the saved model of this kind is used, in whole sentences; null where everybody knows.</summary>
    string? Usage { get; }

    /// <summary>Trains with one seed, or goes on where that was interrupted, and leaves in the run's folder what <see cref="Open"/> needs.
    /// </summary>
    /// <returns>How it ended; the comparison keeps it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what is done is kept.</exception>
    RunOutcome Train(CandidateRun run);

    /// <summary>A trained candidate.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="shared">As in <see cref="CandidateRun.Shared"/>.</param>
    /// <param name="options">The candidate's settings.</param>
    ITrainedCandidate Open(string folder, string shared, TrainingOptions options);
}

/// <summary>One training of a comparison.</summary>
/// <param name="Options">The settings, with the seed of this run and the division that all runs share.</param>
/// <param name="Folder">The run's own folder, perhaps not there yet.</param>
/// <param name="Shared">A folder for what several runs of the comparison use, perhaps not there yet.</param>
/// <param name="Reporter">Receives messages about what happens.</param>
/// <param name="Job">Shows how far the comparison is; this run is its present part.</param>
/// <param name="Listeners">Those that follow epochs, where there are any.</param>
/// <param name="Time">Clock.</param>
/// <param name="Cancellation">Ends the run.</param>
internal sealed record CandidateRun(
    TrainingOptions Options,
    string Folder,
    string Shared,
    IReporter Reporter,
    IJob Job,
    IReadOnlyList<ITrainingListener> Listeners,
    TimeProvider Time,
    CancellationToken Cancellation
);
