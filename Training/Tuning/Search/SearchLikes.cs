using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What an earlier search has to say to a new one: settings to try first. Its scores were on other data, and count nothing.
/// </summary>
internal static class SearchLikes
{
    private const int Most = 3;

    /// <summary>The settings of the best whole trainings, in arms of the same name.</summary>
    /// <param name="earlier">The earlier search, over or not.</param>
    /// <param name="arms">Of the new one.</param>
    public static IReadOnlyList<(string Arm, IReadOnlyList<double> Point)> Find(TuningResult earlier, IReadOnlyList<SearchArm> arms) =>
    [
        .. TrialStanding
            .ReadAll(earlier)
            .Where(t => t is { IsSearch: true, IsWhole: true } && t.Trial.Proposal.Origin != "default")
            .OrderBy(t => t.Loss ?? double.PositiveInfinity)
            .SelectMany(t =>
                arms.Where(a => a.Name == t.Trial.Proposal.Arm && a.Space.Cube.Dimensions > 0)
                    .Select(a => (a.Name, (IReadOnlyList<double>)Map(earlier.Options.ArmOf(a.Name), a, t.Trial.Proposal.Point)))
            )
            .Take(Most),
    ];

    private static double[] Map(SearchArm from, SearchArm to, IReadOnlyList<double> point) =>
        to.Space.MappingToFeatureSpace(from.Space.SampleFromFeatureSpace(point));
}
