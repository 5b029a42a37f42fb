using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;

namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>What a search does with its trials and its time, over trainings whose figures follow from a formula.</summary>
public sealed class SearchStrategyTests
{
    [Fact]
    public void The_default_is_trial_0_and_has_all_of_its_training_at_once()
    {
        SearchOptions options = SearchSimulation.Options(trials: 12);
        (SearchState state, SimulatedRunner runner, _) = SearchSimulation.Run(options, SearchSimulation.Plan(options, 10));
        Assert.Equal("default", state.Trials[0].Proposal.Origin);
        Assert.Equal((0, 27), (runner.Done[0].Job.Trial, runner.Done[0].To));
        Assert.Equal(12, state.Trials.Count(t => t.Proposal.Kind == TrialKind.Search));
        Assert.All(state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search), t => Assert.Equal(options.Seed, t.Proposal.Seed));
    }

    [Fact]
    public void A_promotion_trains_the_added_epochs_alone()
    {
        SearchOptions options = SearchSimulation.Options(trials: 20);
        SearchLayout layout = SearchSimulation.Plan(options, 10);
        Assert.Equal([1, 3, 9, 27], layout.Rungs.Select(r => r.Epochs));
        (SearchState state, SimulatedRunner runner, _) = SearchSimulation.Run(options, layout);
        foreach ((TrialJob job, int from, int to) in runner.Done.Where(d => d.Job.Proposal.Kind == TrialKind.Search && d.Job.Trial > 0))
        {
            Assert.Equal(layout.Rungs[job.Rung].Epochs, to);
            Assert.True(from == 0 ? job.Rung == 0 : layout.Rungs.Any(r => r.Epochs == from));
        }
        // Somebody besides the default came to the top.
        Assert.Contains(state.Trials, t => t is { Id: > 0, Status: TrialStatus.Finished, Proposal.Kind: TrialKind.Search });
    }

    [Fact]
    public void Winner_and_default_are_trained_again_in_turns_with_fresh_seeds()
    {
        SearchOptions options = SearchSimulation.Options(trials: 15) with { Seeds = 3 };
        (SearchState state, _, _) = SearchSimulation.Run(options, SearchSimulation.Plan(options, 10));
        int winner = SearchStrategy.ReadWinner(state.Facts[SearchStrategy.EndedFact]);
        Assert.NotEqual(0, winner); // the middle of the space is not its best place
        SearchTrial[] confirmations = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Confirmation)];
        Assert.Equal(["default 2", "winner 2", "default 3", "winner 3", "default 4", "winner 4"],
            confirmations.Select(t => $"{t.Proposal.Origin} {t.Proposal.Seed}"));
        string settings = state.Trials[winner].Proposal.Settings;
        Assert.All(confirmations.Where((_, i) => i % 2 == 1), t => Assert.Equal(settings, t.Proposal.Settings));
        Assert.All(confirmations, t => Assert.Equal(27, t.Epochs.Count));
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(20, 2)]
    [InlineData(60, 70)]
    [InlineData(60, 25)]
    [InlineData(15, 40)]
    public void A_budget_is_kept_whatever_the_machine_does(int minutes, double seconds)
    {
        SearchOptions options = SearchSimulation.Options(TimeSpan.FromMinutes(minutes));
        SearchLayout layout = SearchSimulation.Plan(options, seconds);
        double budget = 60.0 * minutes;
        // Never, and by half at every tenth of the time; and back again.
        Func<double, double>[] machines =
        [
            _ => 1,
            .. Enumerable.Range(1, 9).Select(i => (Func<double, double>)(t => t > i * budget / 10 ? 2 : 1)),
            t => t > budget / 3 && t < budget / 2 ? 2 : 1,
            t => t > budget / 2 ? 0.5 : 1,
        ];
        foreach (Func<double, double> slowness in machines)
        {
            (SearchState state, _, double spent) = SearchSimulation.Run(options, layout, slowness);
            // The long training at the end is one with a limit of time, which keeps its own.
            double all = spent + layout.ReportSeconds * slowness(spent) + layout.FinalSeconds, allowed = Math.Max(10, 0.05 * budget);
            Assert.InRange(all, budget - allowed, budget + allowed);
            Assert.Contains(state.Trials, t => t is { Proposal.Kind: TrialKind.Confirmation, Status: TrialStatus.Finished });
        }
    }

    [Fact]
    public void A_time_that_is_too_short_for_one_training_is_refused()
    {
        SearchOptions options = SearchSimulation.Options(TimeSpan.FromSeconds(20));
        string message = Assert.Throws<TrainingException>(() => SearchSimulation.Plan(options, 60, pictures: 900)).Message;
        Assert.Contains("too short", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_time_has_subsets_for_its_lowest_rungs()
    {
        SearchOptions options = SearchSimulation.Options(TimeSpan.FromMinutes(60));
        SearchLayout layout = SearchSimulation.Plan(options, 70);
        Assert.Equal([(1.0 / 9, 3), (1.0 / 3, 3), (1, 3)], layout.Rungs.Select(r => (r.Share, r.Epochs)));
        Assert.Contains("3 epochs", layout.Note, StringComparison.Ordinal);
        Assert.Equal(1800, layout.FinalSeconds); // a model of three epochs is none to use
        (SearchState state, _, _) = SearchSimulation.Run(options, layout);
        Assert.True(state.Trials.Count(t => t.Proposal.Kind == TrialKind.Search) > 8);
    }

    [Fact]
    public void Who_says_how_long_the_last_training_is_has_all_of_the_budget_for_the_search()
    {
        SearchOptions options = SearchSimulation.Options(TimeSpan.FromMinutes(60)) with { Final = TimeSpan.FromHours(2) };
        Assert.Equal(0, SearchSimulation.Plan(options, 70).FinalSeconds);
        Assert.Equal(0, SearchSimulation.Plan(SearchSimulation.Options(TimeSpan.FromMinutes(60)), 0.5).FinalSeconds); // trials are whole
        Assert.Equal(0, SearchSimulation.Plan(SearchSimulation.Options(trials: 9), 70).FinalSeconds);
    }

    [Fact]
    public void What_breaks_a_limit_is_written_down_and_never_trained()
    {
        SearchOptions options = SearchSimulation.Options(trials: 8);
        (SearchState state, SimulatedRunner runner, _) = SearchSimulation.Run(
            options,
            SearchSimulation.Plan(options, 10),
            limit: p => p.Point[0] > 0.5 && p.Origin != "default" ? "too large" : null
        );
        int[] rejected = [.. state.Trials.Where(t => t.Status == TrialStatus.Rejected).Select(t => t.Id)];
        Assert.NotEmpty(rejected);
        Assert.DoesNotContain(runner.Done, d => rejected.Contains(d.Job.Trial));
        Assert.Equal(8, state.Trials.Count(t => t.Proposal.Kind == TrialKind.Search) - rejected.Length);
        // Where nothing is allowed, the search comes to an end.
        (state, _, _) = SearchSimulation.Run(options, SearchSimulation.Plan(options, 10), limit: p => p.Origin == "default" ? null : "no");
        Assert.Contains("nothing is left", state.Facts[SearchStrategy.EndedFact], StringComparison.Ordinal);
    }

    [Fact]
    public void Several_arms_share_the_trials_and_frozen_ones_are_whole()
    {
        SearchOptions options = SearchSimulation.Options(trials: 24) with
        {
            Arms = [SearchSimulation.Arm("a", 27), SearchSimulation.Arm("frozen", 5, isFrozen: true), SearchSimulation.Arm("b", 27)],
        };
        (SearchState state, _, _) = SearchSimulation.Run(options, SearchSimulation.Plan(options, 10));
        SearchTrial[] search = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search)];
        Assert.Equal(["a", "frozen", "b"], search.Take(3).Select(t => t.Proposal.Arm));
        Assert.All(search.Where(t => t.Proposal.Arm == "frozen"), t => Assert.Equal((TrialStatus.Finished, 5), (t.Status, t.Epochs.Count)));
        Assert.All(options.Arms, a => Assert.True(search.Count(t => t.Proposal.Arm == a.Name) > 1));
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("cfo")]
    [InlineData("random")]
    [InlineData("sobol")]
    [InlineData("grid")]
    public void Whole_trainings_may_be_stopped_by_the_median_rule(string tuner)
    {
        TunerKind kind = Enum.Parse<TunerKind>(tuner, ignoreCase: true);
        SearchOptions options = SearchSimulation.Options(trials: 14, tuner: kind) with { StopsEarly = true };
        SearchLayout layout = SearchSimulation.Plan(options, 10);
        Assert.Equal(27, Assert.Single(layout.Rungs).Epochs);
        (SearchState state, _, _) = SearchSimulation.Run(options, layout);
        SearchTrial[] search = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search)];
        Assert.Equal(14, search.Length);
        Assert.Equal(search.Length, search.Select(t => t.Proposal.Settings).Distinct().Count());
        Assert.All(search.Where(t => t.Status == TrialStatus.Stopped), t => Assert.InRange(t.Epochs.Count, 1, 26));
        Assert.Contains(search, t => t.Status == TrialStatus.Finished && t.Id > 0);
    }

    [Fact]
    public void Who_is_lost_three_times_is_given_up()
    {
        SearchOptions options = SearchSimulation.Options(trials: 4);
        SearchLayout layout = SearchSimulation.Plan(options, 10);
        var clock = new SimulatedClock();
        int losses = 0;
        using var store = new MemoryTrialStore(clock);
        var runner = new SimulatedRunner(options, layout, clock, [])
        {
            BeforeReport = () =>
            {
                if (store.Read().Trials[^1] is { Id: 2, Losses: var n } && n < 3)
                {
                    losses++;
                    throw new WorkerLostException("gone");
                }
            },
        };
        SearchState state = SearchSimulation.Run(options, layout, store, runner, clock);
        Assert.Equal(3, losses);
        Assert.Equal(TrialStatus.Failed, state.Trials[2].Status);
        Assert.Contains("3 times", state.Trials[2].Reason, StringComparison.Ordinal);
    }

    // Killed anywhere: before an epoch is reported, between that and its checkpoint, between two decisions.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_search_that_is_killed_again_and_again_is_the_unbroken_one(int seed)
    {
        SearchOptions options = SearchSimulation.Options(trials: 12) with { Seed = seed, Seeds = 2 };
        SearchLayout layout = SearchSimulation.Plan(options, 10);
        string expected = Figures(SearchSimulation.Run(options, layout).State);
        using var folder = new TemporaryFolder();
        var draws = new Random(seed);
        var checkpoints = new Dictionary<(int Trial, double Share), int>();
        int kills = 0;
        while (true)
        {
            var clock = new SimulatedClock();
            using ITrialStore store = new Mortal(SqliteTrialStore.Open(folder["search.db"], clock), lives: draws.Next(1, 300));
            try
            {
                var runner = new SimulatedRunner(options, layout, clock, checkpoints);
                Assert.Equal(expected, Figures(SearchSimulation.Run(options, layout, store, runner, clock)));
                break;
            }
            catch (KilledException)
            {
                kills++;
            }
        }
        Assert.InRange(kills, 3, 1000);
    }

    // All but clocks and claims.
    private static string Figures(SearchState state) =>
        string.Join('\n', state.Trials.Select(t => $"{t.Id} {t.Proposal.Kind} {t.Proposal.Settings} {t.Proposal.Seed} {t.Status} {t.Rung} "
            + string.Join(' ', t.Epochs.Select(e => $"{e.Rung}:{e.Epoch}:{e.Loss:R}"))))
        + string.Join('\n', state.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value));

    private sealed class KilledException : Exception;

    // Dies after so many calls that write: before one or behind it.
    private sealed class Mortal(ITrialStore store, int lives) : ITrialStore
    {
        private int left = lives;

        public SearchState Read() => Alive(store.Read);

        public MadeDecision Decide(string worker, Func<SearchState, SearchDecision> decide) => Alive(() => store.Decide(worker, decide));

        public bool Renew(TrialLease lease) => Alive(() => store.Renew(lease));

        public bool Add(TrialLease lease, TrialEpoch epoch) => Alive(() => store.Add(lease, epoch));

        public bool End(TrialLease lease, TrialStatus status, string? reason = null) => Alive(() => store.End(lease, status, reason));

        public void Dispose() => store.Dispose();

        private T Alive<T>(Func<T> call)
        {
            if (left-- <= 0) throw new KilledException();
            T answer = call();
            return left-- <= 0 ? throw new KilledException() : answer;
        }
    }
}
