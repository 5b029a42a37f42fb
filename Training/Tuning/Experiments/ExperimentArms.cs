using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Experiments;

/// <summary>The arms of an experiment: settings with a name, and their search spaces.</summary>
internal static class ExperimentArms
{
    /// <summary>What settings are searched as: a model that is trained further also with all but its last layer frozen.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="name">Null is the architecture, or the model's file.</param>
    public static IEnumerable<(string Name, TrainingOptions Options)> Of(TrainingOptions options, string? name = null)
    {
        name ??= SearchArm.NameOf(options);
        yield return (name, options);
        if (options.FineTuning.Start is null || options.FineTuning.Freeze != Freezing.None) yield break;
        yield return (SearchArm.NameOfFrozen(name), Frozen(options));
    }

    /// <summary>The arms of a search.</summary>
    /// <param name="named">Names and settings, the first of which are the default.</param>
    /// <param name="spaces">Spaces with their keys, in the order in which they were added.</param>
    /// <param name="prepare">What is the same for all: data, seed.</param>
    /// <exception cref="ArgumentException">A key is neither an arm nor a record of settings, or spaces contradict one another.</exception>
    /// <exception cref="TrainingException">A space has a setting or a value that cannot be.</exception>
    public static IReadOnlyList<SearchArm> Create(
        IReadOnlyList<(string Name, TrainingOptions Options)> named,
        IReadOnlyList<(string Key, SearchSpace Space)> spaces,
        Func<TrainingOptions, TrainingOptions> prepare
    )
    {
        foreach ((string key, _) in spaces)
            if (key != TuningExperiment.AllArms && !IsRecord(key) && named.All(a => a.Name != key))
                throw new ArgumentException(
                    $"There is no arm '{key}', and no settings of that name: give '{TuningExperiment.AllArms}' for all arms, one of "
                        + $"{string.Join(", ", named.Select(a => $"'{a.Name}'"))}, or a record of settings such as 'optimisation'."
                );
        return [.. named.Select(a => Create(a.Name, prepare(a.Options), spaces))];
    }

    private static SearchArm Create(string name, TrainingOptions defaults, IReadOnlyList<(string Key, SearchSpace Space)> spaces)
    {
        (string Key, SearchSpace Space)[] own = [.. spaces.Where(s => s.Key == name)];
        (string Key, SearchSpace Space)[] given =
            own.Length > 0 ? own : [.. spaces.Where(s => s.Key == TuningExperiment.AllArms || IsRecord(s.Key))];
        if (given.Length == 0) return SearchArm.Create(name, defaults);
        var space = new SearchSpace();
        foreach ((string key, SearchSpace part) in given)
        {
            if (IsRecord(key) && key != name)
            {
                space.Add(key, part);
                continue;
            }
            foreach ((string path, OptionBase option) in part) space.Add(path, option);
            foreach ((string path, Parameter value) in part.Fixed) space.AddFixed(path, value);
        }
        // Read as a file is, a space has been looked through, and its ranges are of the kinds of their settings.
        return new(name, defaults, SpaceFile.Read(SpaceFile.ToJson(space), defaults, $"search space of {name}"));
    }

    // "optimisation" and the like: what stands before the dots of settings.
    private static bool IsRecord(string key) =>
        SettingsFile.Kinds.Keys.Append(TunedSettings.Strength).Any(k => k.StartsWith(key + ".", StringComparison.Ordinal));

    // A head on frozen features is drawn anew or learns as one, at the rate of random weights.
    private static TrainingOptions Frozen(TrainingOptions options)
    {
        TrainingOptions head = TrainingDefaults.ForHead(options with { FineTuning = options.FineTuning with { Freeze = Freezing.All } });
        return !head.Optimisation.IsFineTuningRate
            ? head
            : head with
            {
                Optimisation = head.Optimisation with
                {
                    LearningRate = TrainingDefaults.For(head.Network.Architecture, data: "").Optimisation.LearningRate,
                    IsFineTuningRate = false,
                },
            };
    }
}
