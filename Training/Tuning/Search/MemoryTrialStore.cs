namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Keeps a search in memory, as long as the process lives: leases never end.</summary>
/// <param name="time">Clock.</param>
internal sealed class MemoryTrialStore(TimeProvider time) : ITrialStore
{
    private readonly Lock gate = new();
    private readonly List<SearchTrial> trials = [];
    private readonly Dictionary<string, string> facts = new(StringComparer.Ordinal);
    private readonly long began = time.GetTimestamp();

    private double Now => time.GetElapsedTime(began).TotalSeconds;

    public SearchState Read()
    {
        lock (gate) return new([.. trials], new Dictionary<string, string>(facts, StringComparer.Ordinal), Now);
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
        lock (gate) return Holds(lease);
    }

    public bool Add(TrialLease lease, TrialEpoch epoch)
    {
        lock (gate)
        {
            if (!Holds(lease)) return false;
            SearchTrial trial = trials[lease.Trial.Id];
            if (trial.Epochs.All(e => (e.Rung, e.Epoch) != (epoch.Rung, epoch.Epoch)))
                trials[trial.Id] = trial with { Epochs = [.. trial.Epochs, epoch with { At = Now }] };
            return true;
        }
    }

    public bool End(TrialLease lease, TrialStatus status, string? reason = null)
    {
        lock (gate)
        {
            if (!Holds(lease)) return false;
            SearchTrial trial = trials[lease.Trial.Id];
            trials[trial.Id] = trial with
            {
                Status = status,
                Reason = reason,
                Losses = trial.Losses + (status == TrialStatus.Released && reason is not null ? 1 : 0),
                Spans = [.. trial.Spans.SkipLast(1), trial.Spans[^1] with { To = Now }],
            };
            return true;
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private bool Holds(TrialLease lease) =>
        trials[lease.Trial.Id] is { Status: TrialStatus.Running } trial && trial.Claims == lease.Claim;

    private TrialLease? Apply(SearchDecision decision, string worker)
    {
        switch (decision)
        {
            case SearchDecision.Begin begin:
                trials.Add(Make(begin.Proposal, TrialStatus.Running, reason: null) with { Claims = 1, Spans = [Span(begin.Proposal.Rung)] });
                return new(trials[^1], 1, worker);
            case SearchDecision.Reject reject:
                trials.Add(Make(reject.Proposal, TrialStatus.Rejected, reject.Reason));
                return null;
            case SearchDecision.GoOn goOn:
                SearchTrial trial = Free(goOn.Trial);
                trials[trial.Id] = trial with
                {
                    Status = TrialStatus.Running,
                    Rung = goOn.Rung,
                    Claims = trial.Claims + 1,
                    Spans = [.. trial.Spans, Span(goOn.Rung)],
                };
                return new(trials[trial.Id], trial.Claims + 1, worker);
            case SearchDecision.GiveUp giveUp:
                trials[giveUp.Trial] = Free(giveUp.Trial) with { Status = TrialStatus.Failed, Reason = giveUp.Reason };
                return null;
            case SearchDecision.Record record:
                if (!facts.TryAdd(record.Name, record.Value)) throw new InvalidOperationException($"{record.Name} is recorded already.");
                return null;
            default:
                return null;
        }

        TrialSpan Span(int rung) => new(worker, rung, Now, null);
    }

    private SearchTrial Free(int id)
    {
        if (id < 0 || id >= trials.Count) throw new InvalidOperationException($"There is no trial {id}.");
        return trials[id].IsFree ? trials[id] : throw new InvalidOperationException($"Trial {id} is {trials[id].Status}.");
    }

    private SearchTrial Make(TrialProposal proposal, TrialStatus status, string? reason) =>
        new()
        {
            Id = trials.Count,
            Proposal = proposal,
            Status = status,
            Rung = proposal.Rung,
            Claims = 0,
            Reason = reason,
        };
}
