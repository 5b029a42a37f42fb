namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// Keeps a search in memory, and besides in a file if it has one: then a search goes on after its process has ended. Leases never end.
/// </summary>
/// <remarks>
/// A trial that was running when the file was opened had a process that was killed: it is lost until somebody goes on with it, and no loss
/// is counted. The clock counts only the time in which the store was open. Whoever gives a file holds a lock elsewhere.
/// </remarks>
internal sealed class MemoryTrialStore : ITrialStore
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly string? file;
    private readonly double before;
    private readonly long began;

    // What is written is never changed: a change is a new one, which counts once its file is there.
    private SearchState state = new([], new Dictionary<string, string>(StringComparer.Ordinal), 0);

    /// <param name="time">Clock.</param>
    public MemoryTrialStore(TimeProvider time)
    {
        this.time = time;
        began = time.GetTimestamp();
    }

    private MemoryTrialStore(TimeProvider time, string file) : this(time)
    {
        this.file = file;
        if (!File.Exists(file)) return;
        SearchState left = SearchFile.Read(file);
        before = left.Now;
        state = left with { Trials = [.. left.Trials.Select(t => t with { IsLost = t.Status == TrialStatus.Running })] };
    }

    private double Now => before + time.GetElapsedTime(began).TotalSeconds;

    /// <summary>Opens a file, which is made by the first change where there is none.</summary>
    /// <param name="file">Written anew with each change.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="TrainingException">It is no file of a search, damaged, or of a newer version.</exception>
    public static MemoryTrialStore Open(string file, TimeProvider time) => new(time, file);

    public SearchState Read()
    {
        lock (gate) return state with { Now = Now };
    }

    public MadeDecision Decide(string worker, Func<SearchState, SearchDecision> decide)
    {
        lock (gate)
        {
            SearchDecision decision = decide(Read());
            return new(decision, Apply(decision, worker));
        }
    }

    public bool Renew(TrialLease lease)
    {
        lock (gate)
        {
            bool holds = Holds(lease);
            if (holds && file is not null) Keep(state); // the clock
            return holds;
        }
    }

    public bool Add(TrialLease lease, TrialEpoch epoch)
    {
        lock (gate)
        {
            if (!Holds(lease)) return false;
            SearchTrial trial = state.Trials[lease.Trial.Id];
            if (trial.Epochs.All(e => (e.Rung, e.Epoch) != (epoch.Rung, epoch.Epoch)))
                Put(trial with { Epochs = [.. trial.Epochs, epoch with { At = Now }] });
            return true;
        }
    }

    public bool End(TrialLease lease, TrialStatus status, string? reason = null)
    {
        lock (gate)
        {
            if (!Holds(lease)) return false;
            SearchTrial trial = state.Trials[lease.Trial.Id];
            Put(
                trial with
                {
                    Status = status,
                    Reason = reason,
                    Losses = trial.Losses + (status == TrialStatus.Released && reason is not null ? 1 : 0),
                    Spans = [.. trial.Spans.SkipLast(1), trial.Spans[^1] with { To = Now }],
                }
            );
            return true;
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private bool Holds(TrialLease lease) =>
        state.Trials[lease.Trial.Id] is { Status: TrialStatus.Running, IsLost: false } trial && trial.Claims == lease.Claim;

    private TrialLease? Apply(SearchDecision decision, string worker)
    {
        switch (decision)
        {
            case SearchDecision.Begin begin:
                SearchTrial begun = Make(begin.Proposal, TrialStatus.Running, reason: null) with
                {
                    Claims = 1,
                    Spans = [Span(begin.Proposal.Rung)],
                };
                Put(begun);
                return new(begun, 1, worker);
            case SearchDecision.Reject reject:
                Put(Make(reject.Proposal, TrialStatus.Rejected, reject.Reason));
                return null;
            case SearchDecision.GoOn goOn:
                SearchTrial free = Free(goOn.Trial);
                SearchTrial taken = free with
                {
                    Status = TrialStatus.Running,
                    IsLost = false,
                    Rung = goOn.Rung,
                    Claims = free.Claims + 1,
                    Spans = [.. free.Spans, Span(goOn.Rung)],
                };
                Put(taken);
                return new(taken, taken.Claims, worker);
            case SearchDecision.GiveUp giveUp:
                Put(Free(giveUp.Trial) with { Status = TrialStatus.Failed, IsLost = false, Reason = giveUp.Reason });
                return null;
            case SearchDecision.Record record:
                var facts = new Dictionary<string, string>(state.Facts, StringComparer.Ordinal);
                if (!facts.TryAdd(record.Name, record.Value)) throw new InvalidOperationException($"{record.Name} is recorded already.");
                Keep(state with { Facts = facts });
                return null;
            default:
                return null;
        }

        TrialSpan Span(int rung) => new(worker, rung, Now, null);
    }

    private SearchTrial Free(int id)
    {
        if (id < 0 || id >= state.Trials.Count) throw new InvalidOperationException($"There is no trial {id}.");
        SearchTrial trial = state.Trials[id];
        return trial.IsFree ? trial : throw new InvalidOperationException($"Trial {id} is {trial.Status}.");
    }

    private SearchTrial Make(TrialProposal proposal, TrialStatus status, string? reason) =>
        new()
        {
            Id = state.Trials.Count,
            Proposal = proposal,
            Status = status,
            Rung = proposal.Rung,
            Claims = 0,
            Reason = reason,
        };

    // In its place, or as the next one.
    private void Put(SearchTrial trial) =>
        Keep(state with { Trials = [.. state.Trials.Take(trial.Id), trial, .. state.Trials.Skip(trial.Id + 1)] });

    private void Keep(SearchState next)
    {
        next = next with { Now = Now };
        if (file is not null) SearchFile.Write(file, next);
        state = next;
    }
}
