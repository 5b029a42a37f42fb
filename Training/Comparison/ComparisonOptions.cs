using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>What is compared, and under which rules.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>Folder or CSV file; the same for all.</summary>
    public required string Data { get; init; }

    /// <summary>In the order given.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>Runs a candidate, with seeds that follow one another.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The first seed; also that of the split, which all runs share.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>Time of a run, into which its schedule is fitted; null means equal epochs instead.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The folder of the comparison.</summary>
    public required string Out { get; init; }

    /// <summary>What epochs and candidates are chosen by, on validation.</summary>
    public SelectionMetric Metric => Candidates[0].Options.Metric;

    /// <summary>The seeds.</summary>
    public IEnumerable<int> AllSeeds => Enumerable.Range(FirstSeed, Seeds);

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<string> Problems()
    {
        if (Candidates.Count == 0) yield return "nothing to compare: name networks with --arch A,B, models with --from ZIP, or settings files with --settings FILE";
        if (Seeds is < 1 or > 100) yield return $"--seeds {Seeds}: give 1 to 100";
        if (Budget is { } budget && budget <= TimeSpan.Zero) yield return "--budget: give a positive time, 90s, 15m or 2h";
        foreach (string problem in Candidates.SelectMany(c => c.Options.Problems()).Distinct()) yield return problem;
        if (Candidates.DistinctBy(c => c.Options.Metric).Count() > 1) yield return "the candidates are to be chosen by different metrics: give one --metric for all";
        foreach (IGrouping<string, Candidate> same in Candidates.GroupBy(c => c.FolderFor(0)).Where(g => g.Count() > 1))
            yield return $"{string.Join(" and ", same.Select(c => c.Name))} cannot be told apart: give each candidate once, or name the files of --settings differently";
    }

    /// <summary>Settings of one run; the division of the data is the same for all.</summary>
    public TrainingOptions For(Candidate candidate, int seed)
    {
        TrainingOptions first = Candidates[0].Options;
        TimeSpan? time = candidate.Options.Freeze == "all" ? null : Budget ?? candidate.Options.Time; // a head alone takes seconds
        return candidate.Options with { Time = time, Seed = seed, SplitSeed = FirstSeed, ValidationFraction = first.ValidationFraction, TestFraction = first.TestFraction, SimilarTogether = first.SimilarTogether };
    }
}
