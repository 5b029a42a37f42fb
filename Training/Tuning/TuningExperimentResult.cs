using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning;

/// <summary>What a search of <see cref="TuningExperiment"/> found, what that is worth, and what it recommends.</summary>
/// <remarks>
/// The best of many trials is also the luckiest, so its own figure says too much. Therefore the best trial and the default are trained
/// again with fresh seeds, and the best one is recommended only if the interval of its gain lies above 0. Otherwise the default is.
/// </remarks>
public sealed record TuningExperimentResult
{
    /// <summary>
    /// What is recommended: the best trial if its gain is shown, or if the default breaks a limit; else the default, trial 0.
    /// </summary>
    public required TrialSettings TrialSettings { get; init; }

    /// <summary>
    /// The recommended settings with the epochs of the defaults, for <see cref="ExpressionTrainer"/>; their data have no path where the
    /// pictures were in memory.
    /// </summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>
    /// A model of the recommended settings, trained with a fresh seed and calibrated; null where no such training came to its end.
    /// </summary>
    public required TrainedModel? Model { get; init; }

    /// <summary>All trials that were there to find settings, by number, failed ones included.</summary>
    public required IReadOnlyList<TrialResult> Trials { get; init; }

    /// <summary>The trial with the best figure of those that had all of their epochs; null where none had.</summary>
    public required TrialResult? Best { get; init; }

    /// <summary>Whether the best trial is taken for better than the default.</summary>
    public required bool IsGainShown { get; init; }

    /// <summary>
    /// By how much the best trial's settings are better than the default, both trained with the same fresh seeds: a share of accuracy or
    /// macro F1, -1 to 1, or nats of log loss; null where the default was the best itself, or nothing was confirmed.
    /// </summary>
    public required double? Gain { get; init; }

    /// <summary>Lower end of the 95 % interval of <see cref="Gain"/>, over pictures and, with two seeds or more, over seeds.</summary>
    public required double? GainLow { get; init; }

    /// <summary>Upper end of the 95 % interval of <see cref="Gain"/>.</summary>
    public required double? GainHigh { get; init; }

    /// <summary>Fresh seeds with which both were trained; 0 where nothing was confirmed.</summary>
    public required int GainSeeds { get; init; }

    /// <summary>Whether the gain was measured on the test split, and not on the pictures that the best trial was chosen by.</summary>
    public required bool IsGainOnTest { get; init; }

    /// <summary>
    /// The figure of the best trial by which it was chosen, larger is better: accuracy or macro F1, 0 to 1, or the negated log loss in
    /// nats; null where no trial had all of its epochs.
    /// </summary>
    public required double? RawScore { get; init; }

    /// <summary>The same figure once the choice is taken into account: on resampled pictures that had no say in it.</summary>
    public required double? CorrectedScore { get; init; }

    /// <summary>Lower end of the 95 % interval of <see cref="CorrectedScore"/>.</summary>
    public required double? CorrectedScoreLow { get; init; }

    /// <summary>Upper end of the 95 % interval of <see cref="CorrectedScore"/>.</summary>
    public required double? CorrectedScoreHigh { get; init; }

    /// <summary>By how much the raw figure is too good: the difference of the two; null where they are.</summary>
    public double? Optimism => RawScore - CorrectedScore;

    /// <summary>Why that is recommended: a sentence or two.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason, what the figures are worth, and what the search cost: a few sentences.</summary>
    public required string Summary { get; init; }

    /// <summary>Why the search ended: a few words.</summary>
    public required string EndReason { get; init; }

    /// <summary>Time of everything together, without the time between a cancelled part and the next.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The page of the search, an HTML file in its folder; null without a folder that is kept.</summary>
    public required string? ReportPath { get; init; }

    /// <summary>
    /// The file of <see cref="Model"/>, best.zip in the folder of the search; null without a model or a folder that is kept.
    /// </summary>
    public required string? ModelPath { get; init; }

    /// <summary>Returns <see cref="Summary"/>.</summary>
    public override string ToString() => Summary;
}
