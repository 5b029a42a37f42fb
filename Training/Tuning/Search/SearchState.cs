namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>All that is known of a search: what every decision is made from.</summary>
/// <param name="Trials">By number.</param>
/// <param name="Facts">What was recorded once and for all, by name.</param>
/// <param name="Now">Seconds that the search has had, by the clock of the store.</param>
internal sealed record SearchState(IReadOnlyList<SearchTrial> Trials, IReadOnlyDictionary<string, string> Facts, double Now);
