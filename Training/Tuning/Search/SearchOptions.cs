using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Who proposes what is tried.</summary>
internal enum TunerKind
{
    /// <summary>Successive halving with proposals of TPE: the default.</summary>
    Halving,

    /// <summary>Whole trainings, proposed by TPE.</summary>
    Tpe,

    /// <summary>Whole trainings, by the cost-frugal local search.</summary>
    Cfo,

    /// <summary>Whole trainings, drawn uniformly.</summary>
    Random,

    /// <summary>Whole trainings, a Sobol sequence.</summary>
    Sobol,

    /// <summary>Whole trainings, a grid.</summary>
    Grid,
}

/// <summary>What a trial must not exceed; null is no limit.</summary>
internal sealed record SearchLimits
{
    /// <summary>Time of a prediction of one decoded picture on this machine.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Bytes of the model file.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Trained and frozen values together.</summary>
    public long? Parameters { get; init; }

    /// <summary>Bytes that a training reserves.</summary>
    public long? TrainingBytes { get; init; }

    /// <summary>Whether there is one.</summary>
    public bool IsSet => this != new SearchLimits();
}

/// <summary>What is searched, how, and for how long.</summary>
internal sealed record SearchOptions
{
    /// <summary>Most seeds of a confirmation.</summary>
    public const int MostSeeds = 20;

    /// <summary>The arms; the first one's defaults are trial 0, with which the winner is compared.</summary>
    public required IReadOnlyList<SearchArm> Arms { get; init; }

    /// <summary>Folder of the search.</summary>
    public required string Out { get; init; }

    /// <summary>Who proposes.</summary>
    public TunerKind Tuner { get; init; }

    /// <summary>Whether a trial of whole trainings is stopped by the median rule.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>Seed of the proposals and of every training of the search; confirmations have the seeds that follow.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Time of everything together; null is no limit.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Trials that are trained, at most; null is no limit.</summary>
    public int? Trials { get; init; }

    /// <summary>Seeds with which winner and default are trained again, at most.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>What is not even trained.</summary>
    public SearchLimits Limits { get; init; } = new();

    /// <summary>Time of one more training with the recommended settings, after the search; null is none. No part of the plan.</summary>
    public TimeSpan? Final { get; init; }

    /// <summary>Most bytes of checkpoints of trials that wait for their promotion; null is no limit. No part of the plan: no figure
    /// depends on it.</summary>
    public long? CheckpointBytes { get; init; } = 10_000_000_000;

    /// <summary>Workers at once on this machine.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Points of the best trials of other searches, with their arms: they are tried first, and their scores count nothing.
    /// </summary>
    public IReadOnlyList<(string Arm, IReadOnlyList<double> Point)> Likes { get; init; } = [];

    /// <summary>What trials are compared by, on validation.</summary>
    public SelectionMetric Metric => Arms[0].Defaults.Optimisation.Metric;

    /// <summary>Finds an arm.</summary>
    public SearchArm ArmOf(string name) => Arms.First(a => a.Name == name);

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<SettingProblem> FindProblems()
    {
        if (Arms.Count == 0)
            yield return new("search.arms", null, "there is nothing to tune: name a network, or a model to train further");
        if (Budget is null && Trials is null) yield return new("search.budget", null, "give a time, 90s, 30m or 2h, or a number of trials");
        if (Budget <= TimeSpan.Zero) yield return new("search.budget", null, "give a positive time, 90s, 30m or 2h");
        if (Final <= TimeSpan.Zero) yield return new("search.final", null, "give a positive time, 90s, 30m or 2h");
        if (CheckpointBytes < 0) yield return new("search.disk", CheckpointBytes, "give 0 or more");
        if (Trials < 1) yield return new("search.trials", Trials, "give 1 or more");
        if (Seeds is < 1 or > MostSeeds) yield return new("search.seeds", Seeds, $"give 1 to {MostSeeds}");
        if (Workers is < 1 or > 64) yield return new("search.workers", Workers, "give 1 to 64");
        foreach (IGrouping<string, SearchArm> same in Arms.GroupBy(a => a.Name).Where(g => g.Count() > 1))
            yield return new("search.arms", same.Key, "it is there twice: give each network once");
        if (Arms.DistinctBy(a => a.Defaults.Optimisation.Metric).Count() > 1)
            yield return new("optimisation.metric", null, "the arms are to be compared by different metrics: give one for all");
        foreach (SettingProblem problem in Arms.SelectMany(a => a.Defaults.FindProblems()).DistinctBy(p => p.ToString()))
            yield return problem;
    }
}
