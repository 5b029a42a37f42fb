using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Experiments;

/// <summary>Trials of a search as users of <see cref="TuningExperiment"/> know them.</summary>
/// <param name="options">The search.</param>
internal sealed class TrialReports(SearchOptions options)
{
    /// <summary>What a trial tries.</summary>
    public TrialSettings Settings(SearchLayout layout, SearchTrial trial)
    {
        TrialProposal proposal = trial.Proposal;
        SearchArm arm = options.ArmOf(proposal.Arm);
        return new()
        {
            TrialId = trial.Id,
            Arm = arm.Name,
            Parameter = arm.Space.SampleFromFeatureSpace(proposal.Point),
            Options = arm.CreateOptions(proposal.Settings, proposal.Seed, layout.EpochsOf(arm)),
            Origin = proposal.Origin,
            IsConfirmation = proposal.Kind == TrialKind.Confirmation,
        };
    }

    /// <summary>What a trial reached.</summary>
    public TrialResult Result(SearchLayout layout, TrialStanding standing)
    {
        SearchTrial trial = standing.Trial;
        double loss = standing.Loss ?? double.NaN;
        return new()
        {
            TrialSettings = Settings(layout, trial),
            Loss = loss,
            Metric = options.Metric == SelectionMetric.Loss ? loss : 1 - loss,
            ValidationAccuracy = standing.Accuracy ?? double.NaN,
            DurationInMilliseconds = 1000 * trial.Spans.Sum(s => (s.To ?? s.From) - s.From),
            Epochs = trial.Epochs.Count,
            IsWhole = standing.IsWhole,
            Reason = trial.Reason,
        };
    }
}
