using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>A finished search, ready to be written down.</summary>
/// <param name="Options">What was searched.</param>
/// <param name="Layout">How far trials were trained.</param>
/// <param name="State">All trials.</param>
/// <param name="Ended">Why the search ended: one sentence.</param>
/// <param name="Winner">The trial that was best of those that had all of their training; 0 is the default.</param>
/// <param name="Chosen">What its figure is worth; null where no trial had all of its training.</param>
/// <param name="Gain">By how much it is better than the default; null where it is the default, or was not confirmed.</param>
internal sealed record TuningResult(
    SearchOptions Options,
    SearchLayout Layout,
    SearchState State,
    string Ended,
    int Winner,
    ChosenFigure? Chosen,
    TuningGain? Gain
)
{
    /// <summary>Sizes and speeds of trials whose networks differ, by number of the trial.</summary>
    public IReadOnlyDictionary<int, TrialCost> Costs { get; init; } = new Dictionary<int, TrialCost>();

    /// <summary>Command lines that do it again, and that go on; a line each.</summary>
    public IReadOnlyList<string> Repeat { get; init; } = [];

    /// <summary>Whether there is a model to hand on: a training with a fresh seed came to its end.</summary>
    public bool HasModel { get; init; }

    /// <summary>The training whose model is handed on; null where there is none.</summary>
    public RunResult? BestRun { get; init; }

    /// <summary>The longer training after the search; null where there was none.</summary>
    public FinalFigure? Final { get; init; }

    /// <summary>The machine.</summary>
    public string Machine { get; init; } = "";

    /// <summary>When it was made, UTC, ISO 8601.</summary>
    public string MadeAt { get; init; } = "";

    /// <summary>Whether the default itself breaks a limit, so that nothing can be compared with it.</summary>
    public bool IsDefaultRejected => State.Trials is [{ Status: TrialStatus.Rejected }, ..];

    /// <summary>The trial whose settings are recommended: the winner if its gain is shown, else the default, if it is within the limits.
    /// </summary>
    public int Recommended => Gain is { IsShown: true } || IsDefaultRejected ? Winner : 0;
}

/// <summary>What a model of a trial costs its users.</summary>
/// <param name="Parameters">Trained and frozen values together.</param>
/// <param name="FileBytes">Of the model file.</param>
/// <param name="Milliseconds">Of one prediction of a decoded picture on this machine; null where it was not measured.</param>
internal sealed record TrialCost(long Parameters, long FileBytes, double? Milliseconds);
