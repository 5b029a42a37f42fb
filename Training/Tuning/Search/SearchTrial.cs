namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What a training of a search is for.</summary>
internal enum TrialKind
{
    /// <summary>To find settings.</summary>
    Search,

    /// <summary>To see with a fresh seed what the found settings, or the defaults, are worth.</summary>
    Confirmation,
}

/// <summary>Where a trial stands.</summary>
internal enum TrialStatus
{
    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>Its worker gave it back before it was where it should come: it goes on before anything new.</summary>
    Released,

    /// <summary>It has reached its rung and may go on to the next.</summary>
    Paused,

    /// <summary>It has had all that a trial can get.</summary>
    Finished,

    /// <summary>A rule ended it before.</summary>
    Stopped,

    /// <summary>It came to nothing.</summary>
    Failed,

    /// <summary>What it would make breaks a limit of size or speed, so it was never trained.</summary>
    Rejected,
}

/// <summary>An epoch of a trial, measured on validation.</summary>
/// <param name="Rung">The first rung of its training that the epoch belongs to, from 0.</param>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="Loss">What the search makes small; NaN is worse than any number.</param>
/// <param name="Accuracy">0 to 1.</param>
/// <param name="Seconds">That the epoch took, validation included.</param>
/// <param name="At">When it ended, seconds of the search's clock.</param>
internal sealed record TrialEpoch(int Rung, int Epoch, double Loss, double Accuracy, double Seconds, double At);

/// <summary>A time in which a worker had a trial.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Rung">The rung to which it ran, from 0.</param>
/// <param name="From">Seconds of the search's clock.</param>
/// <param name="To">Likewise; null while it runs, and where the worker was lost.</param>
internal sealed record TrialSpan(string Worker, int Rung, double From, double? To);

/// <summary>What is tried: settings, and why they were chosen.</summary>
/// <param name="Kind">What the training is for.</param>
/// <param name="Arm">Name of the arm of the search.</param>
/// <param name="Point">Its coordinates in the unit cube of the arm's search space.</param>
/// <param name="Settings">JSON of the settings that are laid over the arm's defaults.</param>
/// <param name="Seed">Seed of the training.</param>
/// <param name="Rung">The rung to which it runs first, from 0.</param>
/// <param name="Origin">Where it comes from, a word or two: "default", "model", "uniform".</param>
internal sealed record TrialProposal(
    TrialKind Kind,
    string Arm,
    IReadOnlyList<double> Point,
    string Settings,
    int Seed,
    int Rung,
    string Origin
);

/// <summary>A trial of a search as a store keeps it.</summary>
internal sealed record SearchTrial
{
    /// <summary>Its number, from 0, in the order of the proposals.</summary>
    public required int Id { get; init; }

    /// <summary>What is tried.</summary>
    public required TrialProposal Proposal { get; init; }

    /// <summary>Where it stands.</summary>
    public required TrialStatus Status { get; init; }

    /// <summary>The rung that it runs to, or has come to, from 0.</summary>
    public required int Rung { get; init; }

    /// <summary>
    /// How often a worker took it. What a worker reports counts only if nobody has taken the trial since: this number is the fence.
    /// </summary>
    public required int Claims { get; init; }

    /// <summary>
    /// How often its worker was lost: died, or was silent for longer than its lease. A search that was stopped and is gone on with has
    /// lost nobody.
    /// </summary>
    public int Losses { get; init; }

    /// <summary>Whether it runs and its worker's lease is over, by the clock of the store.</summary>
    public bool IsLost { get; init; }

    /// <summary>Whether no worker has it and it may go on.</summary>
    public bool IsFree => Status is TrialStatus.Paused or TrialStatus.Released || IsLost;

    /// <summary>Why it failed, was stopped or rejected: one line; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Epochs in the order in which they were reported.</summary>
    public IReadOnlyList<TrialEpoch> Epochs { get; init; } = [];

    /// <summary>Times in which workers had it, in order.</summary>
    public IReadOnlyList<TrialSpan> Spans { get; init; } = [];
}
