using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Experiments;

/// <summary>Tells a monitor what happens in a search. What is the best trial is read from the state, so it is known after a resumption.
/// </summary>
/// <param name="monitor">Null listens to nothing.</param>
/// <param name="options">The search.</param>
internal sealed class MonitorListener(IMonitor? monitor, SearchOptions options) : ISearchListener
{
    private readonly TrialReports reports = new(options);

    public void OnBegun(SearchState state, SearchTrial trial, string worker) => monitor?.ReportRunningTrial(Settings(state, trial));

    public void OnEpochDone(SearchState state, SearchTrial trial, TrialEpoch epoch)
    {
        if (monitor is not IProgressMonitor follower) return;
        follower.ReportProgress(
            new()
            {
                TrialSettings = Settings(state, trial),
                Epoch = epoch.Epoch,
                Loss = epoch.Loss,
                ValidationAccuracy = epoch.Accuracy,
                Elapsed = TimeSpan.FromSeconds(state.Now),
            }
        );
    }

    public void OnEnded(SearchState state, SearchTrial trial)
    {
        if (monitor is null || trial.Status == TrialStatus.Released) return;
        if (trial.Status is TrialStatus.Failed or TrialStatus.Rejected)
        {
            monitor.ReportFailTrial(Settings(state, trial), new TrainingException(trial.Reason ?? "The trial came to nothing."));
            return;
        }
        TuningResult now = TuningJob.Describe(options, state);
        TrialResult result = reports.Result(now.Layout, TrialStanding.ReadAll(now)[trial.Id]);
        monitor.ReportCompletedTrial(result);
        bool isWhole = trial is { Status: TrialStatus.Finished, Proposal.Kind: TrialKind.Search };
        if (isWhole && now.Winner == trial.Id) monitor.ReportBestTrial(result);
    }

    private TrialSettings Settings(SearchState state, SearchTrial trial) =>
        reports.Settings(SearchLayout.Read(state.Facts[SearchLayout.Fact]), trial);
}
