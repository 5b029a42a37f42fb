using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.TrialStores;

/// <summary>Writes one decision into the tables.</summary>
/// <param name="t">In which the decision was made.</param>
/// <param name="trials">As they were then.</param>
/// <param name="worker">Who asked.</param>
/// <param name="id">Of the decision: no other has it.</param>
/// <param name="now">The search's clock.</param>
/// <param name="lease">How long a worker may be silent; null where leases do not end.</param>
internal sealed class DecisionWriter(
    StoreTransaction t,
    IReadOnlyList<SearchTrial> trials,
    string worker,
    string id,
    double now,
    TimeSpan? lease
)
{
    private double? Expires => now + lease?.TotalSeconds;

    /// <summary>Writes the search's clock beside all that is written.</summary>
    public static void KeepClock(StoreTransaction transaction, double now) =>
        transaction.Execute("UPDATE searches SET seconds = @now WHERE name = @search", ("now", now));

    /// <summary>Writes a decision; those that change nothing leave nothing.</summary>
    /// <returns>The lease of a trial that was begun or gone on with; else null.</returns>
    /// <exception cref="InvalidOperationException">The decision does not suit the state.</exception>
    public TrialLease? Write(SearchDecision decision)
    {
        switch (decision)
        {
            case SearchDecision.Begin begin:
                SearchTrial begun = Insert(begin.Proposal, TrialStatus.Running, claims: 1, reason: null);
                Keep("begin", begun.Id);
                return Claim(begun);
            case SearchDecision.Reject reject:
                Keep("reject", Insert(reject.Proposal, TrialStatus.Rejected, claims: 0, reject.Reason).Id);
                return null;
            case SearchDecision.GoOn goOn:
                SearchTrial trial = Free(goOn.Trial);
                trial = trial with
                {
                    Status = TrialStatus.Running,
                    Rung = goOn.Rung,
                    Claims = trial.Claims + 1,
                    Losses = trial.Losses + Lost(trial),
                    IsLost = false,
                };
                Update(trial, Expires);
                Keep("go on", trial.Id);
                return Claim(trial);
            case SearchDecision.GiveUp giveUp:
                SearchTrial given = Free(giveUp.Trial);
                given = given with { Status = TrialStatus.Failed, Reason = giveUp.Reason, Losses = given.Losses + Lost(given) };
                Update(given, expires: null);
                Keep("give up", given.Id);
                return null;
            case SearchDecision.Record record:
                Record(record);
                Keep("record", trial: null);
                return null;
            default:
                return null;
        }
    }

    private SearchTrial Insert(TrialProposal proposal, TrialStatus status, int claims, string? reason)
    {
        var trial = new SearchTrial
        {
            Id = trials.Count,
            Proposal = proposal,
            Status = status,
            Rung = proposal.Rung,
            Claims = claims,
            Reason = reason,
        };
        t.Execute(
            """
            INSERT INTO trials (
              search, id, kind, arm, origin, settings, point, seed, first_rung, rung, status, reason, claims, losses, expires
            )
            VALUES (@search, @id, @kind, @arm, @origin, @settings, @point, @seed, @rung, @rung, @status, @reason, @claims, 0, @expires)
            """,
            ("id", trial.Id),
            ("kind", StateReader.Text(proposal.Kind)),
            ("arm", proposal.Arm),
            ("origin", proposal.Origin),
            ("settings", proposal.Settings),
            ("point", StateReader.Text(proposal.Point)),
            ("seed", proposal.Seed),
            ("rung", proposal.Rung),
            ("status", StateReader.Text(status)),
            ("reason", reason),
            ("claims", claims),
            ("expires", status == TrialStatus.Running ? Expires : null)
        );
        return trial;
    }

    private void Update(SearchTrial trial, double? expires) =>
        t.Execute(
            """
            UPDATE trials SET status = @status, rung = @rung, claims = @claims, losses = @losses, reason = @reason, expires = @expires
            WHERE search = @search AND id = @id
            """,
            ("id", trial.Id),
            ("status", StateReader.Text(trial.Status)),
            ("rung", trial.Rung),
            ("claims", trial.Claims),
            ("losses", trial.Losses),
            ("reason", trial.Reason),
            ("expires", expires)
        );

    private TrialLease Claim(SearchTrial trial)
    {
        t.Execute(
            """
            INSERT INTO claims (search, trial, claim, worker, rung, started) VALUES (@search, @trial, @claim, @worker, @rung, @now)
            """,
            ("trial", trial.Id),
            ("claim", trial.Claims),
            ("worker", worker),
            ("rung", trial.Rung),
            ("now", now)
        );
        return new(trial with { Spans = [.. trial.Spans, new(worker, trial.Rung, now, null)] }, trial.Claims, worker);
    }

    private void Record(SearchDecision.Record record)
    {
        int added = t.Execute(
            "INSERT INTO facts (search, name, value) VALUES (@search, @name, @value) ON CONFLICT DO NOTHING",
            ("name", record.Name),
            ("value", record.Value)
        );
        if (added == 0) throw new InvalidOperationException($"{record.Name} is recorded already.");
    }

    private void Keep(string decision, int? trial)
    {
        t.Execute(
            """
            INSERT INTO decisions (search, number, id, worker, decision, trial, decided)
            VALUES (@search, (SELECT COUNT(*) FROM decisions WHERE search = @search), @id, @worker, @decision, @trial, @now)
            """,
            ("id", id),
            ("worker", worker),
            ("decision", decision),
            ("trial", trial),
            ("now", now)
        );
        KeepClock(t, now);
    }

    private SearchTrial Free(int number)
    {
        if (number < 0 || number >= trials.Count) throw new InvalidOperationException($"There is no trial {number}.");
        SearchTrial trial = trials[number];
        return trial.IsFree ? trial : throw new InvalidOperationException($"Trial {number} is {trial.Status}.");
    }

    // A lease that ended by the clock was a worker's; where leases do not end, a search was stopped and nobody was lost.
    private int Lost(SearchTrial trial) => trial.IsLost && lease is not null ? 1 : 0;
}
