using System.Collections.Concurrent;
using CsCheck;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>What every store promises, over all of them.</summary>
[Collection(OneServer.Name)]
public sealed class TrialStoreContractTests(PostgresServer server)
{
    [Theory, EmbeddedStores, PostgresStore]
    public void A_new_search_is_empty(string kind) =>
        Check(kind, store =>
        {
            SearchState state = store.Read();
            Assert.Empty(state.Trials);
            Assert.Empty(state.Facts);
            Assert.InRange(state.Now, 0, double.MaxValue);
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void Trials_are_numbered_in_order_and_kept_as_they_were_proposed(string kind) =>
        Check(kind, store =>
        {
            var confirmation = new TrialProposal(TrialKind.Confirmation, "", [], "{}", int.MinValue, 2, "default");
            TrialLease first = store.Begin("änn's \"host\"");
            Assert.Null(store.Make(new SearchDecision.Reject(Decisions.Proposal(2), "4 MB > 3 MB; it's “too” large")));
            TrialLease third = store.Make(new SearchDecision.Begin(confirmation), "bob")!;
            Assert.Equal((0, 1, "änn's \"host\""), (first.Trial.Id, first.Claim, first.Worker));
            Assert.Equal((2, 1, 2), (third.Trial.Id, third.Claim, third.Trial.Rung));

            IReadOnlyList<SearchTrial> trials = store.Read().Trials;
            Assert.Equal([0, 1, 2], trials.Select(t => t.Id));
            Assert.Equal([TrialStatus.Running, TrialStatus.Rejected, TrialStatus.Running], trials.Select(t => t.Status));
            Assert.Equal([1, 0, 1], trials.Select(t => t.Claims));
            Assert.Equal([null, "4 MB > 3 MB; it's “too” large", null], trials.Select(t => t.Reason));
            Assert.Equal(Text(Decisions.Proposal()), Text(trials[0].Proposal));
            Assert.Equal(Text(Decisions.Proposal(2)), Text(trials[1].Proposal));
            Assert.Equal(Text(confirmation), Text(trials[2].Proposal));
            Assert.Equal(["änn's \"host\""], trials[0].Spans.Select(s => s.Worker));
            Assert.Empty(trials[1].Spans);
            Assert.Equal(2, trials[2].Spans.Single().Rung);
            Assert.All(trials, t => Assert.False(t.IsLost));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void A_lease_shows_the_trial_as_it_was_when_it_was_taken(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            Assert.Equal(TestedStore.Text(store.Read()), TestedStore.Text(new([lease.Trial], store.Read().Facts, 0)));
            store.Add(lease, Decisions.Epoch(1));
            store.End(lease, TrialStatus.Released, "its worker died");
            TrialLease again = store.GoOn(0, 1, "bob");
            Assert.Equal(TestedStore.Text(store.Read()), TestedStore.Text(new([again.Trial], store.Read().Facts, 0)));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void A_trial_goes_on_under_a_new_claim(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            Assert.True(store.Renew(lease));
            Assert.True(store.Add(lease, Decisions.Epoch(1)));
            Assert.True(store.End(lease, TrialStatus.Paused));
            Assert.Equal(TrialStatus.Paused, store.Read().Trials[0].Status);
            Assert.NotNull(store.Read().Trials[0].Spans[0].To);

            lease = store.GoOn(0, 1, "bob");
            Assert.Equal((2, "bob"), (lease.Claim, lease.Worker));
            Assert.True(store.Add(lease, Decisions.Epoch(2, rung: 1)));
            Assert.True(store.End(lease, TrialStatus.Released));
            Assert.Equal(0, store.Read().Trials[0].Losses);

            lease = store.GoOn(0, 1, "cem");
            Assert.True(store.End(lease, TrialStatus.Released, "its worker died"));
            Assert.Equal((1, "its worker died"), (store.Read().Trials[0].Losses, store.Read().Trials[0].Reason));

            lease = store.GoOn(0, 1, "dee");
            Assert.True(store.End(lease, TrialStatus.Finished));
            SearchTrial trial = store.Read().Trials.Single();
            Assert.Equal((TrialStatus.Finished, 1, 4, 1), (trial.Status, trial.Rung, trial.Claims, trial.Losses));
            Assert.Null(trial.Reason);
            Assert.Equal(["ann", "bob", "cem", "dee"], trial.Spans.Select(s => s.Worker));
            Assert.Equal([0, 1, 1, 1], trial.Spans.Select(s => s.Rung));
            Assert.All(trial.Spans, s => Assert.InRange(s.To!.Value, s.From, double.MaxValue));
            Assert.Equal([(0, 1), (1, 2)], trial.Epochs.Select(e => (e.Rung, e.Epoch)));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void What_somebody_reports_whose_trial_another_has_changes_nothing(string kind) =>
        Check(kind, store =>
        {
            TrialLease stale = store.Begin();
            store.End(stale, TrialStatus.Paused);
            store.GoOn(0, 1, "bob");
            AssertRefused(store, stale);
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void What_is_reported_after_the_end_changes_nothing(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            Assert.True(store.End(lease, TrialStatus.Stopped, "below the median"));
            AssertRefused(store, lease);
            Assert.Equal("below the median", store.Read().Trials[0].Reason);
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void An_epoch_counts_once_and_stays_as_it_was_first(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            Assert.True(store.Add(lease, Decisions.Epoch(2, 0.7)));
            Assert.True(store.Add(lease, Decisions.Epoch(1, 0.6)));
            Assert.True(store.Add(lease, Decisions.Epoch(2, 0.1)));
            Assert.True(store.Add(lease, Decisions.Epoch(2, 0.5, rung: 1)));
            Assert.Equal([(0, 2, 0.7), (0, 1, 0.6), (1, 2, 0.5)], store.Read().Trials[0].Epochs.Select(e => (e.Rung, e.Epoch, e.Loss)));
            TrialEpoch first = store.Read().Trials[0].Epochs[0];
            Assert.Equal((0.25, 1.5), (first.Accuracy, first.Seconds));
            Assert.InRange(first.At, 0, 1e8); // by the store's clock, whatever the worker said
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void Losses_that_are_no_numbers_come_back(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            double[] losses =
            [
                double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 0.1 + 0.2, 0, -3,
            ];
            for (int i = 0; i < losses.Length; i++) store.Add(lease, Decisions.Epoch(i + 1, losses[i]));
            Assert.Equal(losses, store.Read().Trials[0].Epochs.Select(e => e.Loss));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void A_fact_is_recorded_once(string kind) =>
        Check(kind, store =>
        {
            store.Make(new SearchDecision.Record("winner", "it's \"7\"\nand 😀"));
            store.Make(new SearchDecision.Record("Winner", ""));
            AssertUnsuitable(store, new SearchDecision.Record("winner", "8"), "winner is recorded already.");
            Assert.Equal("it's \"7\"\nand 😀", store.Read().Facts["winner"]);
            Assert.Equal(2, store.Read().Facts.Count);
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void Decisions_that_do_not_suit_the_state_change_nothing(string kind) =>
        Check(kind, store =>
        {
            TrialLease lease = store.Begin();
            AssertUnsuitable(store, new SearchDecision.GoOn(1, 0), "There is no trial 1.");
            AssertUnsuitable(store, new SearchDecision.GoOn(-1, 0), "There is no trial -1.");
            AssertUnsuitable(store, new SearchDecision.GoOn(0, 1), "Trial 0 is Running.");
            AssertUnsuitable(store, new SearchDecision.GiveUp(0, "no"), "Trial 0 is Running.");
            store.End(lease, TrialStatus.Finished);
            AssertUnsuitable(store, new SearchDecision.GoOn(0, 1), "Trial 0 is Finished.");
            AssertUnsuitable(store, new SearchDecision.GiveUp(2, "no"), "There is no trial 2.");
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void A_trial_that_was_released_can_be_given_up(string kind) =>
        Check(kind, store =>
        {
            store.End(store.Begin(), TrialStatus.Released, "its worker died");
            Assert.Null(store.Make(new SearchDecision.GiveUp(0, "lost three times")));
            SearchTrial trial = store.Read().Trials[0];
            Assert.Equal((TrialStatus.Failed, "lost three times", 1), (trial.Status, trial.Reason, trial.Losses));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void Waiting_and_stopping_change_nothing(string kind) =>
        Check(kind, store =>
        {
            store.Begin();
            string before = TestedStore.Text(store.Read());
            Assert.Null(store.Make(new SearchDecision.Wait()));
            Assert.Null(store.Make(new SearchDecision.Stop()));
            Assert.Equal(before, TestedStore.Text(store.Read()));
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void A_decision_that_throws_leaves_no_trace(string kind) =>
        Check(kind, store =>
        {
            store.Begin();
            string before = TestedStore.Text(store.Read());
            int calls = 0;
            Assert.Throws<ArithmeticException>(() => store.Decide("ann", _ => calls++ == 0 ? throw new ArithmeticException() : null!));
            Assert.Equal(1, calls);
            Assert.Equal(before, TestedStore.Text(store.Read()));
            Assert.Equal(1, store.Begin().Trial.Id);
        });

    [Theory, EmbeddedStores, PostgresStore]
    public void Eight_workers_at_once_decide_one_after_the_other(string kind) =>
        Check(kind, store =>
        {
            const int trials = 24, rungs = 3;
            var leases = new ConcurrentBag<(int Trial, int Claim)>();
            var seen = new ConcurrentBag<int>();
            Exception? failure = null;
            Thread[] workers =
            [
                .. Enumerable.Range(0, 8).Select(number => new Thread(() =>
                {
                    try
                    {
                        Work($"worker {number}");
                    }
                    catch (Exception e)
                    {
                        failure = e;
                    }
                })),
            ];
            foreach (Thread worker in workers) worker.Start();
            foreach (Thread worker in workers) worker.Join();
            Assert.Null(failure);

            IReadOnlyList<SearchTrial> all = store.Read().Trials;
            Assert.Equal(Enumerable.Range(0, trials), all.Select(t => t.Id));
            Assert.All(all, t => Assert.Equal((TrialStatus.Finished, rungs, 0), (t.Status, t.Claims, t.Losses)));
            Assert.All(all, t => Assert.Equal([0, 1, 2], t.Epochs.Select(e => e.Rung)));
            Assert.Equal(trials * rungs, leases.Distinct().Count());
            Assert.Equal(trials * rungs, leases.Count);
            // Each saw all that was decided before, so no two saw the same.
            Assert.Equal(Enumerable.Range(0, trials * rungs), seen.Order());

            void Work(string name)
            {
                while (true)
                {
                    MadeDecision made = store.Decide(name, Next);
                    if (made.Decision is SearchDecision.Stop) return;
                    if (made.Lease is not { } lease) continue;
                    leases.Add((lease.Trial.Id, lease.Claim));
                    Assert.True(store.Add(lease, Decisions.Epoch(1, rung: lease.Trial.Rung)));
                    Assert.True(store.Renew(lease));
                    Assert.True(store.End(lease, lease.Trial.Rung == rungs - 1 ? TrialStatus.Finished : TrialStatus.Paused));
                }
            }

            SearchDecision Next(SearchState state)
            {
                SearchTrial? paused = state.Trials.FirstOrDefault(t => t.Status == TrialStatus.Paused);
                if (paused is null && state.Trials.Count == trials)
                    return state.Trials.All(t => t.Status == TrialStatus.Finished) ? new SearchDecision.Stop() : new SearchDecision.Wait();
                seen.Add(state.Trials.Sum(t => t.Claims));
                return paused is null
                    ? new SearchDecision.Begin(Decisions.Proposal())
                    : new SearchDecision.GoOn(paused.Id, paused.Rung + 1);
            }
        });

    [Theory, FileStore, SqliteStore, PostgresStore]
    public void A_store_that_is_opened_again_has_the_same(string kind)
    {
        using var tested = new TestedStore(kind, server);
        string before;
        using (ITrialStore store = tested.Open())
        {
            TrialLease lease = store.Begin();
            store.Add(lease, Decisions.Epoch(1, double.NaN));
            store.End(lease, TrialStatus.Paused);
            store.Make(new SearchDecision.Reject(Decisions.Proposal(), "too large"));
            store.Make(new SearchDecision.Record("space", "{}"));
            store.End(store.GoOn(0, 1, "bob"), TrialStatus.Failed, "no memory");
            before = TestedStore.Exact(store.Read() with { Now = 0 });
        }
        using ITrialStore again = tested.Open();
        Assert.Equal(before, TestedStore.Exact(again.Read() with { Now = 0 }));
        Assert.Equal(2, again.Begin().Trial.Id);
    }

    [Theory, SqliteStore, PostgresStore]
    public void Text_that_databases_refuse_is_kept_as_far_as_it_goes(string kind) =>
        Check(kind, store =>
        {
            store.End(store.Begin(), TrialStatus.Failed, "a\0b\ud800c");
            Assert.Equal("a\ufffdb\ufffdc", store.Read().Trials[0].Reason);
        });

    [Theory, FileStore, SqliteStore, PostgresStore]
    public void Any_sequence_of_operations_gives_what_memory_gives(string kind)
    {
        Gen<(int Operation, int Trial, int Choice)[]> steps = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 4]).Array[0, 40];
        steps.Sample(
            sequence =>
            {
                using var tested = new TestedStore(kind, server);
                using ITrialStore actual = tested.Open();
                using var expected = new MemoryTrialStore(tested.Clock);
                List<(TrialLease Expected, TrialLease Actual)> leases = [];
                foreach ((int operation, int trial, int choice) in sequence)
                {
                    tested.Clock.Advance(choice);
                    Step(expected, actual, leases, operation, trial, choice);
                    SearchState wanted = expected.Read(), got = actual.Read();
                    // Only those that go by our clock have its times.
                    if (kind != "postgres") Assert.Equal(TestedStore.Exact(wanted), TestedStore.Exact(got));
                    else Assert.Equal(TestedStore.Text(wanted), TestedStore.Text(got));
                }
            },
            iter: 40,
            threads: 1
        );
    }

    private static void Step(
        MemoryTrialStore expected,
        ITrialStore actual,
        List<(TrialLease Expected, TrialLease Actual)> leases,
        int operation,
        int trial,
        int choice
    )
    {
        SearchDecision? decision = operation switch
        {
            0 or 1 => new SearchDecision.Begin(Decisions.Proposal(trial)),
            2 => new SearchDecision.GoOn(trial, choice),
            3 => new SearchDecision.GiveUp(trial, $"reason {choice}"),
            4 => new SearchDecision.Record($"fact {choice}", $"{trial}"),
            5 when choice == 0 => new SearchDecision.Reject(Decisions.Proposal(trial), "too large"),
            5 => new SearchDecision.Wait(),
            _ => null,
        };
        if (decision is not null)
        {
            string worker = $"worker {choice}";
            TrialLease? wanted = null, got = null;
            Exception? refused = Record.Exception(() => wanted = expected.Make(decision, worker));
            Assert.Equal(refused?.Message, Record.Exception(() => got = actual.Make(decision, worker))?.Message);
            Assert.Equal(wanted is null, got is null);
            if (wanted is null) return;
            Assert.Equal((wanted.Trial.Id, wanted.Claim, wanted.Worker), (got!.Trial.Id, got.Claim, got.Worker));
            leases.Add((wanted, got));
            return;
        }
        if (leases.Count == 0) return;
        (TrialLease first, TrialLease second) = leases[^(1 + (trial % leases.Count))];
        Func<ITrialStore, TrialLease, bool> report = operation switch
        {
            6 => (store, lease) => store.Renew(lease),
            7 or 8 => (store, lease) => store.Add(lease, Decisions.Epoch(choice, choice / 3.0, trial)),
            _ => (store, lease) =>
                store.End(lease, (TrialStatus)(1 + choice), choice is 0 or 1 ? null : "why"),
        };
        Assert.Equal(report(expected, first), report(actual, second));
    }

    private void Check(string kind, Action<ITrialStore> test)
    {
        using var tested = new TestedStore(kind, server);
        using ITrialStore store = tested.Open();
        test(store);
    }

    private static void AssertRefused(ITrialStore store, TrialLease lease)
    {
        string before = TestedStore.Exact(store.Read() with { Now = 0 });
        Assert.False(store.Renew(lease));
        Assert.False(store.Add(lease, Decisions.Epoch(9)));
        Assert.False(store.End(lease, TrialStatus.Failed, "late"));
        Assert.Equal(before, TestedStore.Exact(store.Read() with { Now = 0 }));
    }

    private static void AssertUnsuitable(ITrialStore store, SearchDecision decision, string message)
    {
        string before = TestedStore.Exact(store.Read() with { Now = 0 });
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => store.Make(decision)).Message);
        Assert.Equal(before, TestedStore.Exact(store.Read() with { Now = 0 }));
    }

    private static string Text(TrialProposal proposal) => System.Text.Json.JsonSerializer.Serialize(proposal);
}
