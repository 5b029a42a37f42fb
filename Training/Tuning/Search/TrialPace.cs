namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// How long trainings will take on this machine as it is now: what was timed when the search was laid out, times what the latest epochs
/// took more or less. Only the end of a search depends on it.
/// </summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
/// <param name="state">What has been measured.</param>
internal sealed class TrialPace(SearchOptions options, SearchLayout layout, SearchState state)
{
    // So many latest epochs tell how fast the machine is now, and what follows may be a little slower.
    private const int Latest = 8;
    private const double Sure = 1.05;

    // A machine that does something else for a minute does not do so for ever.
    private const double Fastest = 0.5,
        Slowest = 4,
        SlowestReport = 2;

    // A finished model is calibrated and measured, drawn and saved.
    private const double PassesAtEnd = 2,
        SecondsAtEnd = 2;

    /// <summary>Seconds from where a trial stands to a rung, on the safe side.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="trial">Null is one that begins.</param>
    /// <param name="rung">The rung.</param>
    public double Estimate(SearchArm arm, SearchTrial? trial, int rung)
    {
        ArmPace pace = layout.Paces[arm.Name];
        Rung to = layout.RungOf(arm, rung);
        int done =
            trial?.Epochs.Where(e => layout.RungOf(arm, e.Rung).Share == to.Share).Select(e => e.Epoch).DefaultIfEmpty(0).Max() ?? 0;
        return FindFactor(arm) * (pace.Start + Math.Max(0, to.Epochs - done) * pace.Epoch(to.Share));
    }

    /// <summary>Seconds of a whole training whose model is saved.</summary>
    public double EstimateConfirmation(SearchArm arm) =>
        Estimate(arm, trial: null, layout.Top) + FindFactor(arm) * (PassesAtEnd * layout.Paces[arm.Name].Validate + SecondsAtEnd);

    /// <summary>Seconds of the comparison and reports at the end.</summary>
    public double EstimateReport() => Math.Clamp(FindFactor(options.Arms[0]), 1, SlowestReport) * layout.ReportSeconds;

    // How many times as long as timed the latest epochs took: those of the arm, else all.
    private double FindFactor(SearchArm arm)
    {
        (double Taken, double Timed)[] own = FindLatest(arm.Name);
        (double Taken, double Timed)[] latest = own.Length > 0 ? own : FindLatest(null);
        return latest.Length == 0 ? 1 : Math.Clamp(Sure * latest.Sum(e => e.Taken) / latest.Sum(e => e.Timed), Fastest, Slowest);
    }

    private (double Taken, double Timed)[] FindLatest(string? arm) =>
    [
        .. state
            .Trials.Where(t => arm is null || t.Proposal.Arm == arm)
            .SelectMany(t => t.Epochs.Select(e => (Epoch: e, Arm: options.ArmOf(t.Proposal.Arm))))
            .OrderByDescending(e => e.Epoch.At)
            .Take(Latest)
            .Select(e => (e.Epoch.Seconds, layout.Paces[e.Arm.Name].Epoch(layout.RungOf(e.Arm, e.Epoch.Rung).Share))),
    ];
}
