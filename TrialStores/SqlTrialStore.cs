using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.TrialStores;

/// <summary>Keeps a search in the tables of a database: all that SQLite and PostgreSQL have in common.</summary>
/// <remarks>
/// Every member is one transaction, and those that write run one after the other. A database that may lose its connection repeats a
/// transaction of which it doesn't know whether it was written, so each finds out what an earlier attempt of its own did.
/// </remarks>
/// <param name="lease">How long a worker may be silent; null where leases do not end.</param>
internal abstract class SqlTrialStore(TimeSpan? lease) : ITrialStore
{
    private const string Held = "WHERE search = @search AND id = @trial AND claims = @claim AND status = 'running'";

    public TimeSpan? Lease => lease;

    public SearchState Read() => Reading(Load);

    public MadeDecision Decide(string worker, Func<SearchState, SearchDecision> decide)
    {
        string id = Guid.NewGuid().ToString("N");
        MadeDecision? made = null;
        return Writing(t =>
        {
            if (made is not null && t.Cell("SELECT number FROM decisions WHERE search = @search AND id = @id", ("id", id)) is not null)
                return made;
            SearchState state = Load(t);
            SearchDecision decision = decide(state);
            return made = new(decision, new DecisionWriter(t, state.Trials, worker, id, Now(t), lease).Write(decision));
        });
    }

    public bool Renew(TrialLease lease) => Writing(t => Renew(t, lease, Now(t)));

    public bool Add(TrialLease lease, TrialEpoch epoch) =>
        Writing(t =>
        {
            double now = Now(t);
            if (!Renew(t, lease, now)) return false;
            t.Execute(
                """
                INSERT INTO epochs (search, trial, rung, epoch, number, loss, accuracy, seconds, ended)
                VALUES (
                  @search, @trial, @rung, @epoch, (SELECT COUNT(*) FROM epochs WHERE search = @search AND trial = @trial),
                  @loss, @accuracy, @seconds, @now
                )
                ON CONFLICT DO NOTHING
                """,
                ("trial", lease.Trial.Id),
                ("rung", epoch.Rung),
                ("epoch", epoch.Epoch),
                ("loss", epoch.Loss),
                ("accuracy", epoch.Accuracy),
                ("seconds", epoch.Seconds),
                ("now", now)
            );
            return true;
        });

    public bool End(TrialLease lease, TrialStatus status, string? reason = null)
    {
        bool wasWritten = false;
        return Writing(t =>
        {
            if (wasWritten && HasEnded(t, lease)) return true;
            double now = Now(t);
            int changed = t.Execute(
                $"UPDATE trials SET status = @status, reason = @reason, losses = losses + @lost, expires = NULL {Held}",
                ("status", StateReader.Text(status)),
                ("reason", reason),
                ("lost", status == TrialStatus.Released && reason is not null ? 1 : 0),
                ("trial", lease.Trial.Id),
                ("claim", lease.Claim)
            );
            if (changed == 0) return false;
            t.Execute(
                "UPDATE claims SET ended = @now WHERE search = @search AND trial = @trial AND claim = @claim",
                ("now", now),
                ("trial", lease.Trial.Id),
                ("claim", lease.Claim)
            );
            DecisionWriter.KeepClock(t, now);
            return wasWritten = true;
        });
    }

    public abstract void Dispose();

    /// <summary>Where the tables are, for messages.</summary>
    protected abstract string Place { get; }

    /// <summary>Runs a transaction that sees one moment of the database.</summary>
    protected abstract T Reading<T>(Func<StoreTransaction, T> work);

    /// <summary>
    /// Runs a transaction while no other writes to the search, and sees all that was written before. Work that throws leaves no trace.
    /// </summary>
    protected abstract T Writing<T>(Func<StoreTransaction, T> work);

    /// <summary>Seconds that the search has had.</summary>
    protected abstract double Now(StoreTransaction transaction);

    /// <summary>Whether the lease of a running trial is over.</summary>
    /// <param name="id">Number of the trial.</param>
    /// <param name="claims">How often it was taken.</param>
    /// <param name="expires">The end of its lease, seconds of the search's clock; null where it has none.</param>
    /// <param name="now">The search's clock.</param>
    protected abstract bool IsOver(int id, int claims, double? expires, double now);

    /// <summary>Reads everything.</summary>
    protected SearchState Load(StoreTransaction transaction)
    {
        double now = Now(transaction);
        return StateReader.Read(transaction, now, (id, claims, expires) => IsOver(id, claims, expires, now), Place);
    }

    private bool Renew(StoreTransaction t, TrialLease held, double now)
    {
        int changed = t.Execute(
            $"UPDATE trials SET expires = @expires {Held}",
            ("expires", now + lease?.TotalSeconds),
            ("trial", held.Trial.Id),
            ("claim", held.Claim)
        );
        if (changed > 0) DecisionWriter.KeepClock(t, now);
        return changed > 0;
    }

    // Only its worker writes the end of a claim.
    private static bool HasEnded(StoreTransaction t, TrialLease lease) =>
        t.Cell(
            "SELECT ended FROM claims WHERE search = @search AND trial = @trial AND claim = @claim",
            ("trial", lease.Trial.Id),
            ("claim", lease.Claim)
        )
            is not null;
}
