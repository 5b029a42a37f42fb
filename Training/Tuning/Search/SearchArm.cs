using System.Text.Json.Nodes;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>One of the ways to a classifier among which a search divides its trials: a network from scratch, one that is trained further.
/// </summary>
/// <param name="Name">Shown; unique in a search.</param>
/// <param name="Defaults">The recommended settings, which are tried first; their epochs are the most that a trial gets.</param>
/// <param name="Space">What is tried instead; without options the defaults alone are tried.</param>
internal sealed record SearchArm(string Name, TrainingOptions Defaults, SearchSpace Space)
{
    /// <summary>Who trains it: by default our loop, a network of the settings.</summary>
    public ICandidateTrainer Trainer { get; init; } = NetworkTrainer.Instance;

    /// <summary>What settings are called as an arm: by their architecture, or the model that they begin with.</summary>
    public static string NameOf(TrainingOptions options) =>
        options.FineTuning.From is { } from ? $"from {Path.GetFileNameWithoutExtension(from)}"
        : options.FineTuning.Backbone is { } backbone ? $"on {Path.GetFileNameWithoutExtension(backbone)}"
        : options.Network.Architecture;

    /// <summary>The same with all but the last layer frozen.</summary>
    public static string NameOfFrozen(string name) => $"{name}, frozen";

    /// <summary>Makes an arm with the search space of its kind.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="defaults">Its settings.</param>
    public static SearchArm Create(string name, TrainingOptions defaults) =>
        new(name, defaults, SpaceDefaults.For(defaults, CountBlocks(defaults)));

    /// <summary>Blocks of the model that a training begins with, half of which may be frozen; 0 without a model.</summary>
    public static int CountBlocks(TrainingOptions options) =>
        options.FineTuning.Start is { } start && File.Exists(start)
            ? NetworkBlocks.Find(WarmStart.Load(start, options).Network)[^1] + 1
            : 0;

    /// <summary>Whether it is a network of ours.</summary>
    public bool IsNetwork => Trainer is NetworkTrainer;

    /// <summary>
    /// Whether each trial gets all of its epochs at once, as they take seconds: a head on frozen features, or what has no epochs.
    /// </summary>
    public bool IsWhole => !IsNetwork || Defaults.FineTuning.Freeze.IsAll;

    /// <summary>The settings of a trial that are laid over the defaults, JSON.</summary>
    /// <param name="point">A point of the space's cube.</param>
    public string ToSettings(IReadOnlyList<double> point) =>
        TunedSettings.ToSettings(Space.SampleFromFeatureSpace(point), Defaults).ToJsonString();

    /// <summary>All settings of a trial.</summary>
    /// <param name="settings">What <see cref="ToSettings"/> made.</param>
    /// <param name="seed">Seed of the training; the division of the data stays that of the defaults.</param>
    /// <param name="epochs">For which the schedule is laid out; null is what the defaults have.</param>
    public TrainingOptions CreateOptions(string settings, int seed, int? epochs)
    {
        TrainingOptions usual = Defaults with
        {
            Seed = seed,
            Data = Defaults.Data with { SplitSeed = Defaults.Data.SplitSeed ?? Defaults.Seed },
            // A trial ends where its rung does, so that all are compared after the same epochs.
            Optimisation = Defaults.Optimisation with
            {
                Epochs = epochs ?? Defaults.Optimisation.Epochs,
                Time = null,
                Patience = null,
            },
        };
        return TrainingDefaults.FitWarmUp(SettingsFile.Overlay(usual, JsonNode.Parse(settings)!.AsObject(), Name));
    }
}
