namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>A worker's hold on a trial.</summary>
/// <param name="Trial">The trial as it was when it was taken.</param>
/// <param name="Claim">The number of the claim: the fence.</param>
/// <param name="Worker">Who holds it.</param>
internal sealed record TrialLease(SearchTrial Trial, int Claim, string Worker);

/// <summary>A decision that was made, and the lease that came of it.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Lease">Of a trial that was begun or gone on with; else null.</param>
internal sealed record MadeDecision(SearchDecision Decision, TrialLease? Lease);

/// <summary>
/// Keeps a search: its trials, and facts that are recorded once. Decisions are made one at a time, each from all that was written before
/// it, so that their order is total and a search that is read again goes on as if it had never stopped.
/// </summary>
/// <remarks>
/// A worker reports under its lease. A report whose trial somebody else has taken since is refused, and changes nothing: whoever hears that
/// stops at once. All members may be called from several threads.
/// </remarks>
internal interface ITrialStore : IDisposable
{
    /// <summary>How long a worker may be silent before it is taken for lost; null where leases do not end.</summary>
    TimeSpan? Lease => null;

    /// <summary>Reads everything.</summary>
    SearchState Read();

    /// <summary>Makes one decision while nobody else can, and writes it down.</summary>
    /// <param name="worker">Who asks, for the lease.</param>
    /// <param name="decide">
    /// A function of the state alone, which must not call the store. It is called once, or again from the newer state where the connection
    /// to the store broke before its decision was written.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The decision does not suit the state: a fact that is there, a trial that does not exist or is not free.
    /// </exception>
    MadeDecision Decide(string worker, Func<SearchState, SearchDecision> decide);

    /// <summary>Says that a worker is alive. A store whose leases do not end has nothing to do.</summary>
    /// <returns>False: somebody else has the trial.</returns>
    bool Renew(TrialLease lease);

    /// <summary>Reports an epoch. One that was reported before, of the same rung and number, stays as it was.</summary>
    /// <returns>False: somebody else has the trial.</returns>
    bool Add(TrialLease lease, TrialEpoch epoch);

    /// <summary>Ends a claim.</summary>
    /// <param name="lease">The worker's hold.</param>
    /// <param name="status">Any but running and rejected.</param>
    /// <param name="reason">
    /// Why, where it failed or was stopped; a trial that is released with a reason was lost, and one without was given back.
    /// </param>
    /// <returns>False: somebody else has the trial.</returns>
    bool End(TrialLease lease, TrialStatus status, string? reason = null);
}
