using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning;

/// <summary>What a trial of a search tries.</summary>
public sealed record TrialSettings
{
    /// <summary>The number of the trial, from 0, in the order in which trials were proposed; 0 is the default.</summary>
    public required int TrialId { get; init; }

    /// <summary>The arm of the search: an architecture, or what <see cref="TuningExperiment"/> called a model to train further.</summary>
    public required string Arm { get; init; }

    /// <summary>
    /// The tuned values by the paths of their settings: <c>Parameter["optimisation.learningRate"].AsType&lt;float&gt;()</c>.
    /// </summary>
    public required Parameter Parameter { get; init; }

    /// <summary>All settings of the trial's training, the tuned ones among them.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Where the values come from, in a word: "default", "lr-find", "like", or the name of the tuner.</summary>
    public required string Origin { get; init; }

    /// <summary>
    /// Whether it is a training of the default or of the best trial with a fresh seed, at the end, which finds no settings.
    /// </summary>
    public required bool IsConfirmation { get; init; }
}
