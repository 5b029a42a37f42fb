namespace EmotionMLNet.Training.Tuning;

/// <summary>What a trial of a search reached, on the validation pictures.</summary>
/// <remarks>
/// The figures are means over the last three epochs at most. How much memory a training took at its peak is not among them, because a
/// process that trains several trials cannot tell for one.
/// </remarks>
public sealed record TrialResult
{
    /// <summary>What was tried.</summary>
    public required TrialSettings TrialSettings { get; init; }

    /// <summary>What the search makes small: 1 less accuracy or macro F1, or the log loss in nats; NaN without epochs.</summary>
    public required double Loss { get; init; }

    /// <summary>The figure that trials are compared by: accuracy or macro F1, 0 to 1, or the log loss in nats; NaN likewise.</summary>
    public required double Metric { get; init; }

    /// <summary>Share of the validation pictures that are labelled right, 0 to 1; NaN likewise.</summary>
    public required double ValidationAccuracy { get; init; }

    /// <summary>Time in which the trial was trained and measured, in milliseconds.</summary>
    public required double DurationInMilliseconds { get; init; }

    /// <summary>Epochs that it had, 0 or more.</summary>
    public required int Epochs { get; init; }

    /// <summary>Whether it had all of the epochs that a trial gets; only such trials can be the best one.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Why it failed, was stopped, or was not trained: one line; null otherwise.</summary>
    public string? Reason { get; init; }
}
