namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What a worker does: a trial, up to a rung.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Claim">The number of the worker's claim.</param>
/// <param name="Proposal">What is tried.</param>
/// <param name="Rung">The rung to which it runs, from 0.</param>
internal sealed record TrialJob(int Trial, int Claim, TrialProposal Proposal, int Rung);

/// <summary>Trains trials.</summary>
internal interface ITrialRunner : IDisposable
{
    /// <summary>Trains a trial up to its rung, from where it was left.</summary>
    /// <param name="job">The trial.</param>
    /// <param name="report">
    /// Receives every epoch of this training once or more, on any one thread; false ends the training behind it.
    /// </param>
    /// <param name="cancellation">Ends it with an exception; what is done is kept for the next claim.</param>
    /// <exception cref="TrainingException">It came to nothing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    void Run(TrialJob job, Func<TrialEpoch, bool> report, CancellationToken cancellation);
}
