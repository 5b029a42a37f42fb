namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>The trials of a search as tuners and schedulers see them: losses by rung.</summary>
/// <remarks>
/// Resource n is rung n - 1. The loss of a rung is the mean over the last three epochs up to its own, of the training that it belongs to:
/// the best of many epochs would be the luckiest one.
/// </remarks>
internal static class SearchHistory
{
    /// <summary>Epochs whose mean counts.</summary>
    public const int LastEpochs = 3;

    /// <summary>All trials of the search, by number; confirmations are none.</summary>
    public static IReadOnlyList<Trial> Read(SearchState state, SearchOptions options, SearchLayout layout) =>
        [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search).Select(t => ToTrial(t, options, layout))];

    /// <summary>A trial as tuners see it.</summary>
    public static Trial ToTrial(SearchTrial trial, SearchOptions options, SearchLayout layout)
    {
        SearchArm arm = options.ArmOf(trial.Proposal.Arm);
        var measured = new List<Measurement>();
        for (int rung = layout.FirstRung(arm); rung <= layout.Top; rung++)
            if (LossAt(trial, arm, layout, rung) is { } loss) measured.Add(new(rung + 1, loss));
        // Who was stopped is known by what it had.
        if (trial.Status == TrialStatus.Stopped && trial.Epochs is [.., var last]) measured.Add(new(layout.Top + 1, last.Loss));
        return new()
        {
            Id = trial.Id,
            Point = [.. trial.Proposal.Point],
            Measurements = measured,
            IsRunning = trial.Status is TrialStatus.Running or TrialStatus.Released,
            HasFailed = trial.Status is TrialStatus.Failed or TrialStatus.Rejected,
        };
    }

    /// <summary>The loss on a rung; null where the trial has not come to it.</summary>
    public static double? LossAt(SearchTrial trial, SearchArm arm, SearchLayout layout, int rung)
    {
        TrialEpoch[] epochs = EpochsAt(trial, arm, layout, rung);
        return epochs.Length == 0 ? null : epochs.Average(e => e.Loss);
    }

    /// <summary>The accuracy on a rung, likewise.</summary>
    public static double? AccuracyAt(SearchTrial trial, SearchArm arm, SearchLayout layout, int rung)
    {
        TrialEpoch[] epochs = EpochsAt(trial, arm, layout, rung);
        return epochs.Length == 0 ? null : epochs.Average(e => e.Accuracy);
    }

    // The epochs that count on a rung; none where the trial has not come to it.
    private static TrialEpoch[] EpochsAt(SearchTrial trial, SearchArm arm, SearchLayout layout, int rung)
    {
        Rung reached = layout.RungOf(arm, rung);
        TrialEpoch[] training =
        [
            .. trial
                .Epochs.Where(e => layout.RungOf(arm, e.Rung).Share == reached.Share && e.Epoch <= reached.Epochs)
                .OrderBy(e => e.Epoch),
        ];
        return training is [.., var last] && last.Epoch == reached.Epochs ? training[^Math.Min(LastEpochs, training.Length)..] : [];
    }
}
