namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>All that is known of a search: what every decision is made from.</summary>
/// <param name="Trials">By number.</param>
/// <param name="Facts">What was recorded once and for all, by name.</param>
/// <param name="Now">Seconds that the search has had, by the clock of the store.</param>
internal sealed record SearchState(IReadOnlyList<SearchTrial> Trials, IReadOnlyDictionary<string, string> Facts, double Now)
{
    /// <summary>
    /// Trials among which the winner is chosen: those of the search that stand before the first confirmation. What is tried behind it, in
    /// time that no confirmation fits into, has no say.
    /// </summary>
    public IEnumerable<SearchTrial> Contenders => Trials.TakeWhile(t => t.Proposal.Kind == TrialKind.Search);
}
