namespace EmotionMLNet.Training.Tuning;

/// <summary>
/// Proposes points of the unit cube. A proposal is a function of the search's seed, the history and the trial's number alone: a tuner has
/// no state, so that a search which is read from its journal goes on as if it had never stopped.
/// </summary>
internal interface ITuner
{
    /// <summary>Proposes a point.</summary>
    /// <param name="history">All trials so far, by number, running ones included.</param>
    /// <param name="trialId">The number of the new one.</param>
    /// <returns>Coordinates of 0 to 1, as <see cref="Space.SearchCube.Snap"/> makes them; null where nothing is left to try.</returns>
    double[]? Propose(IReadOnlyList<Trial> history, int trialId);
}
