namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// Keeps the checkpoints of trials that wait for their promotion within a number of bytes: those that are the least likely to be promoted
/// go first. A trial that is promoted without its checkpoint is trained again from its beginning, to the same bits.
/// </summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
internal sealed class CheckpointSpace(SearchOptions options, SearchLayout layout)
{
    /// <summary>Removes what is too much.</summary>
    /// <param name="state">As it is.</param>
    public void Trim(SearchState state)
    {
        if (options.CheckpointBytes is not { } most) return;
        // What was stopped or has failed goes no further.
        IEnumerable<int> ended = state.Trials.Where(t => t.Status is TrialStatus.Stopped or TrialStatus.Failed).Select(t => t.Id);
        (TrialFolder Folder, long Bytes)[] kept =
        [
            .. Rank(state).Concat(ended).Select(t => new TrialFolder(options.Out, t)).Select(f => (f, f.CountCheckpointBytes())),
        ];
        long all = kept.Sum(k => k.Bytes);
        foreach ((TrialFolder folder, long bytes) in kept.Reverse())
        {
            if (all <= most) return;
            if (bytes == 0) continue;
            folder.RemoveCheckpoints();
            all -= bytes;
        }
    }

    /// <summary>Paused trials, the most promotable first: by the share of trials of their rung that are better.</summary>
    internal IReadOnlyList<int> Rank(SearchState state)
    {
        SearchTrial[] trials = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search)];
        return
        [
            .. trials
                .Where(t => t.Status == TrialStatus.Paused)
                .GroupBy(t => t.Rung)
                .SelectMany(rung =>
                {
                    // Those that were promoted stand in the ranking of a rung too.
                    int[] order =
                    [
                        .. trials
                            .Select(t => (t.Id, Loss: SearchHistory.LossAt(t, options.ArmOf(t.Proposal.Arm), layout, rung.Key)))
                            .Where(t => t.Loss is not null)
                            .OrderBy(t => t.Loss!.Value, Comparer<double>.Create(LossOrder.Compare))
                            .Select(t => t.Id),
                    ];
                    return rung.Select(t => (t.Id, Rank: (double)Array.IndexOf(order, t.Id) / order.Length, t.Rung));
                })
                .OrderBy(t => t.Rank)
                .ThenByDescending(t => t.Rung)
                .ThenBy(t => t.Id)
                .Select(t => t.Id),
        ];
    }
}
