using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>Searches over simulated trainings.</summary>
internal static class SearchSimulation
{
    /// <summary>An arm whose defaults have so many epochs.</summary>
    public static SearchArm Arm(string name, int epochs, bool isFrozen = false)
    {
        TrainingOptions options = TrainingDefaults.For("emotion-cnn", "data");
        options = options with { Optimisation = options.Optimisation with { Epochs = epochs } };
        if (isFrozen) options = options with { FineTuning = new() { From = "model.zip", Freeze = Freezing.All } };
        return new(name, options, SpaceDefaults.For(options));
    }

    /// <summary>A search over one arm of 27 epochs.</summary>
    public static SearchOptions Options(TimeSpan? budget = null, int? trials = null, TunerKind tuner = TunerKind.Halving) =>
        new()
        {
            Arms = [Arm("net", 27)],
            Out = "nowhere",
            Budget = budget,
            Trials = trials,
            Tuner = tuner,
        };

    /// <summary>Lays it out as if epochs took so long.</summary>
    public static SearchLayout Plan(SearchOptions options, double seconds, int pictures = 30_000) =>
        LayoutPlanner.Plan(
            options,
            options.Arms.ToDictionary(
                a => a.Name,
                a => a.IsWhole ? new ArmPace(20, 0.2, 0.05) : new ArmPace(0.5, 0.9 * seconds, 0.1 * seconds)
            ),
            pictures
        ) with
        {
            ReportSeconds = 20,
        };

    /// <summary>Runs a search to its end in one worker.</summary>
    /// <returns>Its state at the end.</returns>
    public static SearchState Run(
        SearchOptions options,
        SearchLayout layout,
        ITrialStore store,
        SimulatedRunner runner,
        SimulatedClock clock,
        Func<TrialProposal, string?>? limit = null
    )
    {
        var strategy = new SearchStrategy(options, layout, new Limits(limit ?? (_ => null)));
        new SearchWorker(store, strategy, runner, "worker", new Deaf(), clock).Run(CancellationToken.None);
        return store.Read();
    }

    /// <summary>Runs a search in memory.</summary>
    public static (SearchState State, SimulatedRunner Runner, double Seconds) Run(
        SearchOptions options,
        SearchLayout layout,
        Func<double, double>? slowness = null,
        Func<TrialProposal, string?>? limit = null
    )
    {
        var clock = new SimulatedClock();
        var runner = new SimulatedRunner(options, layout, clock, []) { Slowness = slowness ?? (_ => 1) };
        SearchState state = Run(options, layout, new MemoryTrialStore(clock), runner, clock, limit);
        return (state, runner, clock.Seconds);
    }

    private sealed class Deaf : ISearchListener;

    // Knows of a proposal once it was asked to find out, as where networks have to be timed.
    private sealed class Limits(Func<TrialProposal, string?> find) : ILimitCheck
    {
        private readonly HashSet<string> known = [];

        public bool IsKnown(TrialProposal proposal) => known.Contains(proposal.Settings);

        public string? FindBroken(TrialProposal proposal)
        {
            known.Add(proposal.Settings);
            return find(proposal);
        }
    }
}
