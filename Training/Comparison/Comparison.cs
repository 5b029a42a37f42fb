using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Comparison;

/// <summary>A whole comparison, ready to be written down.</summary>
/// <param name="Options">The settings of the comparison.</param>
/// <param name="Repeat">How it can be asked for again.</param>
/// <param name="Data">The data and its findings.</param>
/// <param name="Results">Best on validation first: mean over seeds, and of equals the one with fewer parameters.</param>
/// <param name="Failed">Candidates of which no run ended well.</param>
/// <param name="Pairs">Every two candidates' best models on the quoted split.</param>
/// <param name="Recipes">Every two candidates over all their seeds; those of a single run are left out.</param>
/// <param name="Images">The quoted split as the winner saw it.</param>
/// <param name="MadeAt">UTC, ISO 8601.</param>
/// <param name="Machine">On which times and rates were measured.</param>
internal sealed record Comparison(
    ComparisonOptions Options,
    RepeatInstructions Repeat,
    DataReport Data,
    IReadOnlyList<CandidateResult> Results,
    IReadOnlyList<(Candidate Candidate, string Reason)> Failed,
    IReadOnlyList<PairedComparison> Pairs,
    IReadOnlyList<RecipeComparison> Recipes,
    ImageSet Images,
    string MadeAt,
    string Machine
)
{
    public CandidateResult Winner => Results[0];

    /// <summary>Whether figures are those of a test split that was read after the choice.</summary>
    public bool IsTested => Winner.Best.Test is not null;

    /// <summary>What is right on the quoted split without looking at a picture.</summary>
    public Baseline Baseline => Baseline.Compute(Winner.Best.Quoted);

    /// <summary>What must be said of candidates that are no networks of ours, once for all of a kind.</summary>
    public IEnumerable<string> Remarks => Results.SelectMany(r => r.Candidate.Trainer.Remarks).Distinct();

    public string SplitName => Winner.Best.Quoted.Images.Name;

    /// <summary>Best candidate first.</summary>
    public static IReadOnlyList<CandidateResult> Rank(IEnumerable<CandidateResult> results)
        => [.. results.OrderByDescending(r => r.Rank).ThenBy(r => r.Best.Parameters ?? long.MaxValue)];
}
