namespace EmotionMLNet.MLNetZip;

/// <summary>The search of settings that a model came out of, and what its figures owe to being chosen among many.</summary>
public sealed record SearchSummary
{
    /// <summary>Trials that were trained.</summary>
    public int Trials { get; init; }

    /// <summary>Who proposed them: "halving", "tpe".</summary>
    public string? Tuner { get; init; }

    /// <summary>What trials were compared by on validation: "accuracy", "macro-f1", or "loss", which is negated here.</summary>
    public string? Metric { get; init; }

    /// <summary>The score of the best trial, by which it was chosen.</summary>
    public double Best { get; init; }

    /// <summary>What that score is worth when it is remembered that it was chosen: the mean on pictures without a say in it.</summary>
    public double Corrected { get; init; }

    /// <summary>Whether the settings of this model are the recommended ones, because nothing better was shown.</summary>
    public bool IsDefault { get; init; }

    /// <summary>
    /// Whether the model was trained for longer after the search; then the gain is that of its settings, in trainings as long as the
    /// search's.
    /// </summary>
    public bool IsTrainedLonger { get; init; }

    /// <summary>Lead of the found settings over the recommended ones with fresh seeds, with its 95 % interval; null where not measured.
    /// </summary>
    public double? Gain { get; init; }

    /// <summary>Lower end of its interval.</summary>
    public double? GainLow { get; init; }

    /// <summary>Upper end of its interval.</summary>
    public double? GainHigh { get; init; }

    /// <summary>Fresh seeds of each.</summary>
    public int GainSeeds { get; init; }

    /// <summary>The split that the gain was measured on: "test" or "validation".</summary>
    public string? GainSplit { get; init; }
}
