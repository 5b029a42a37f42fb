namespace EmotionMLNet.Training.Tuning;

/// <summary>An epoch of a trial, and how long the search has had by then.</summary>
public sealed record TuningProgress
{
    /// <summary>The trial.</summary>
    public required TrialSettings TrialSettings { get; init; }

    /// <summary>Number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>What the search makes small, measured on the validation pictures; NaN where the training diverged.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of the validation pictures that are labelled right, 0 to 1.</summary>
    public required double ValidationAccuracy { get; init; }

    /// <summary>Time of the whole search so far, without the time between a cancelled part and the next.</summary>
    public required TimeSpan Elapsed { get; init; }
}
