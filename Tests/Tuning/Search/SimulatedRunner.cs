using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>
/// Trainings whose losses follow from a formula and that take as long as a clock is let run: the better the nearer their point is to one
/// third on every axis.
/// </summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
/// <param name="clock">Runs on while they train.</param>
/// <param name="checkpoints">Epochs that each training of a trial has behind it: what a killed process leaves on disk.</param>
internal sealed class SimulatedRunner(
    SearchOptions options,
    SearchLayout layout,
    SimulatedClock clock,
    Dictionary<(int Trial, double Share), int> checkpoints
) : ITrialRunner
{
    /// <summary>How many times as long as it was laid out an epoch takes at a time.</summary>
    public Func<double, double> Slowness { get; init; } = _ => 1;

    /// <summary>Called before each epoch is reported; what it throws kills the process.</summary>
    public Action BeforeReport { get; init; } = () => { };

    /// <summary>Jobs that were begun, with the epochs that they trained.</summary>
    public List<(TrialJob Job, int From, int To)> Done { get; } = [];

    public void Run(TrialJob job, Func<TrialEpoch, bool> report, CancellationToken cancellation)
    {
        SearchArm arm = options.ArmOf(job.Proposal.Arm);
        Rung rung = layout.RungOf(arm, job.Rung);
        ArmPace pace = layout.Paces[arm.Name];
        bool isConfirmation = job.Proposal.Kind == TrialKind.Confirmation;
        clock.Advance((pace.Start + (isConfirmation ? 2 * pace.Validate : 0)) * Slowness(clock.Seconds));
        int behind = checkpoints.GetValueOrDefault((job.Trial, rung.Share));
        for (int epoch = 1; epoch <= behind; epoch++) report(Measure(job, arm, rung, epoch));
        for (int epoch = behind + 1; epoch <= rung.Epochs; epoch++)
        {
            // In small steps, as batches do, so that it is cut where a timer says.
            double seconds = layout.Paces[arm.Name].Epoch(rung.Share) * Slowness(clock.Seconds);
            for (int step = 0; step < 20; step++)
            {
                clock.Advance(seconds / 20);
                cancellation.ThrowIfCancellationRequested();
            }
            BeforeReport();
            if (!report(Measure(job, arm, rung, epoch) with { Seconds = seconds })) return;
            checkpoints[(job.Trial, rung.Share)] = epoch;
        }
        Done.Add((job, behind, rung.Epochs));
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private TrialEpoch Measure(TrialJob job, SearchArm arm, Rung rung, int epoch)
    {
        bool[] active = arm.Space.Cube.FindActive(job.Proposal.Point);
        double distance = Math.Sqrt(
            job.Proposal.Point.Where((_, i) => active[i]).Select(u => Math.Pow(u - 1.0 / 3, 2)).DefaultIfEmpty(0).Average()
        );
        var luck = new RandomStream(RandomStream.Key(RandomStream.Key((ulong)job.Proposal.Seed, (ulong)job.Trial), (ulong)epoch));
        double end = 0.3 + 0.5 * distance + 0.1 * (1 - rung.Share);
        double loss = end + (0.9 - end) * Math.Exp(-3.0 * epoch / layout.EpochsOf(arm)) + 0.005 * luck.NextNormal();
        int first = Enumerable.Range(layout.FirstRung(arm), layout.Rungs.Count - layout.FirstRung(arm))
            .First(r => layout.RungOf(arm, r) is var each && each.Share == rung.Share && each.Epochs >= epoch);
        return new(
            job.Proposal.Kind == TrialKind.Confirmation ? layout.Top : first,
            epoch,
            loss,
            1 - loss,
            layout.Paces[arm.Name].Epoch(rung.Share),
            0
        );
    }
}
