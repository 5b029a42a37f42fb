using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Comparison;

/// <summary>What is compared, and under which rules.</summary>
internal sealed record ComparisonOptions
{
    private const int MostSeeds = 100;

    private readonly long? chosenSplit;

    /// <summary>Folder or CSV file; the same for all.</summary>
    public required string Data { get; init; }

    /// <summary>The candidates in the order given.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>Runs a candidate, with seeds that follow one another.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The first seed.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>The seed of the split, which all runs share.</summary>
    public long SplitSeed { get => chosenSplit ?? FirstSeed; init => chosenSplit = value; }

    /// <summary>Time of a run, into which its schedule is fitted; null means equal epochs instead.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The folder of the comparison.</summary>
    public required string Out { get; init; }

    /// <summary>What epochs and candidates are chosen by, on validation.</summary>
    public SelectionMetric Metric => Candidates[0].Options.Optimisation.Metric;

    /// <summary>The seeds.</summary>
    public IEnumerable<int> AllSeeds => Enumerable.Range(FirstSeed, Seeds);

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<SettingProblem> FindProblems()
    {
        if (Candidates.Count == 0)
            yield return new(
                "comparison.candidates",
                null,
                "there is nothing to compare: name networks, models to train further, or settings files"
            );
        if (Seeds is < 1 or > MostSeeds) yield return new("comparison.seeds", Seeds, $"give 1 to {MostSeeds}");
        if (Budget is { } budget && budget <= TimeSpan.Zero)
            yield return new("comparison.budget", null, "give a positive time, 90s, 15m or 2h");
        foreach (SettingProblem problem in Candidates.SelectMany(c => c.Options.FindProblems()).DistinctBy(p => p.ToString()))
            yield return problem;
        if (Candidates.DistinctBy(c => c.Options.Optimisation.Metric).Count() > 1)
            yield return new("optimisation.metric", null, "the candidates are to be chosen by different metrics: give one for all");
        foreach (IGrouping<string, Candidate> same in Candidates.GroupBy(c => c.FolderFor(0)).Where(g => g.Count() > 1))
        {
            string names = string.Join(" and ", same.Select(c => c.Name));
            yield return new(
                "comparison.candidates",
                null,
                $"{names} cannot be told apart: give each candidate once, or name their settings files differently"
            );
        }
    }

    /// <summary>Settings of one run; the division of the data is the same for all.</summary>
    public TrainingOptions CreateOptions(Candidate candidate, int seed)
    {
        TrainingOptions own = candidate.Options;
        DataOptions first = Candidates[0].Options.Data;
        TimeSpan? time = own.FineTuning.Freeze.IsAll ? null : Budget ?? own.Optimisation.Time; // a head alone takes seconds
        return own with
        {
            Seed = seed,
            Optimisation = own.Optimisation with { Time = time },
            Data = own.Data with
            {
                SplitSeed = SplitSeed,
                ValidationFraction = first.ValidationFraction,
                TestFraction = first.TestFraction,
                SimilarTogether = first.SimilarTogether,
            },
        };
    }
}
