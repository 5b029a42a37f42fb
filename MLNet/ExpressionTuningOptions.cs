using EmotionMLNet.Training.Tuning;

namespace EmotionMLNet.MLNet;

/// <summary>What <see cref="ExpressionTuner"/> searches, and for how long.</summary>
public sealed class ExpressionTuningOptions
{
    /// <summary>
    /// Columns, and the settings that are to be beaten. Limits of time and patience in them do not count, and trials are compared on the
    /// validation pictures that they name.
    /// </summary>
    public ExpressionNetworkOptions Network { get; set; } = new();

    /// <summary>Time of everything together, 1 second or more; null is no limit of time.</summary>
    public uint? TrainingTimeInSeconds { get; set; }

    /// <summary>Trials that are trained at most, 1 or more, the confirmation aside; null is no limit of their number.</summary>
    public int? MaxModelToExplore { get; set; }

    /// <summary>
    /// The folder in which the search is kept, so that it can go on after an interruption; null keeps nothing. A search whose pictures or
    /// settings are others is refused.
    /// </summary>
    public string? Checkpoint { get; set; }

    /// <summary>Sets what has no option here, before the search begins: further networks, search spaces, the tuner, a monitor.</summary>
    public Action<TuningExperiment>? Configure { get; set; }

    /// <summary>Told of the result before Fit returns.</summary>
    public Action<TuningExperimentResult>? TunedCallback { get; set; }

    internal ExpressionTuningOptions Copy()
    {
        var copy = (ExpressionTuningOptions)MemberwiseClone();
        copy.Network = Network.Copy();
        return copy;
    }
}
