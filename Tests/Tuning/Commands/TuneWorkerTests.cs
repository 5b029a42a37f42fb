using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Tests.Tuning.Stores;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;

namespace EmotionMLNet.Tests.Tuning.Commands;

/// <summary>Workers that meet in a database, in processes of their own.</summary>
[Collection(OneServer.Name)]
public sealed class TuneWorkerTests(PostgresServer server)
{
    [PostgresFact]
    public void One_is_killed_and_one_is_stopped_past_its_lease_and_no_trial_is_lost_or_counted_twice()
    {
        using var tiny = new TinySearch();
        string search = $"search {Guid.NewGuid():N}";
        string[] where = ["--store", server.Url, "--search", search, "--lease", "5s"];
        using Process coordinator = TrainerProcess.Start(
            tiny.Arguments("run", ["--trials", "12", "--epochs", "27", "--seeds", "2", .. where])
        );
        using PostgresTrialStore store = PostgresTrialStore.Open(server.Url, search, TimeSpan.FromSeconds(5));
        WaitUntil(() => store.Read().Facts.ContainsKey(SearchLayout.Fact));
        using Process killed = Start("killed"), stopped = Start("stopped");
        using var end = new Ended(coordinator, killed, stopped);
        WaitUntil(() => Runs("killed") && Runs("stopped"));
        killed.Kill();
        int held = Stop();
        WaitUntil(() => store.Read().Trials[held].Spans[^1].Worker != "stopped" || coordinator.HasExited);
        Posix.Send(stopped, "CONT");
        ProcessResult result = TrainerProcess.Finish(coordinator);
        Assert.True(result.Code == 0, result.Error);
        TrainerProcess.Finish(killed);
        ProcessResult late = TrainerProcess.Finish(stopped);
        Assert.True(late.Code == 0, late.Error);

        SearchState state = store.Read();
        SearchTrial[] trials = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search)];
        Assert.Equal(12, trials.Length);
        Assert.All(trials, t => Assert.Contains(t.Status, (TrialStatus[])[TrialStatus.Paused, TrialStatus.Finished]));
        // Each epoch of each training stands there once.
        Assert.All(state.Trials, t => Assert.Equal(t.Epochs.Count, t.Epochs.DistinctBy(e => (e.Rung, e.Epoch)).Count()));
        Assert.All(state.Trials, t => Assert.Equal(Enumerable.Range(1, t.Epochs.Count), t.Epochs.Select(e => e.Epoch).Order()));
        Assert.Contains(state.Trials, t => t.Losses > 0);

        Process Start(string name) => TrainerProcess.Start(["tune", "worker", "--out", tiny["run"], "--name", name, .. where]);

        // In the middle of a trial: between two it holds none.
        int Stop()
        {
            while (true)
            {
                Posix.Send(stopped, "STOP");
                SearchTrial? trial = store.Read().Trials.FirstOrDefault(t =>
                    t is { Status: TrialStatus.Running, Spans: [.., { Worker: "stopped" }] }
                );
                if (trial is not null) return trial.Id;
                Posix.Send(stopped, "CONT");
                Thread.Sleep(10);
            }
        }

        bool Runs(string name) =>
            store.Read().Trials.Any(t => t is { Status: TrialStatus.Running, Epochs.Count: > 0 } && t.Spans[^1].Worker == name);
    }

    [PostgresFact]
    public void A_worker_gives_its_trial_back_when_its_time_is_over_or_it_is_asked_to_end()
    {
        using var tiny = new TinySearch();
        string search = $"search {Guid.NewGuid():N}";
        string[] where = ["--store", server.Url, "--search", search];
        using Process coordinator = TrainerProcess.Start(
            tiny.Arguments("run", ["--trials", "8", "--epochs", "400", "--seeds", "1", .. where])
        );
        using PostgresTrialStore store = PostgresTrialStore.Open(server.Url, search, TimeSpan.FromSeconds(60));
        WaitUntil(() => store.Read().Facts.ContainsKey(SearchLayout.Fact));
        string soon = DateTimeOffset.UtcNow.AddSeconds(6).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        using Process timed = Start("timed", "--until", soon), asked = Start("asked");
        using var end = new Ended(coordinator, timed, asked);
        WaitUntil(() => Works("asked") || coordinator.HasExited);
        Posix.Send(asked, "TERM");
        ProcessResult gone = TrainerProcess.Finish(asked), late = TrainerProcess.Finish(timed);
        Assert.True(gone.Code == ExitCode.Cancelled, gone.Error);
        Assert.True(late.Code == ExitCode.Ok, late.Error);
        // Given back, and no loss is counted.
        SearchState state = store.Read();
        Assert.DoesNotContain(state.Trials, t => t.Status == TrialStatus.Running && t.Spans[^1].Worker is ("asked" or "timed"));
        Assert.All(state.Trials, t => Assert.Equal(0, t.Losses));
        ProcessResult past = TrainerProcess.Run(
            ["tune", "worker", "--out", tiny["run"], "--until", "2020-01-01T00:00", .. where]
        );
        Assert.Contains("that time is past", past.Error, StringComparison.Ordinal);

        Process Start(string name, params string[] more) =>
            TrainerProcess.Start(["tune", "worker", "--out", tiny["run"], "--name", name, .. where, .. more]);

        bool Works(string name) => store.Read().Trials.Any(t => t.Status == TrialStatus.Running && t.Spans[^1].Worker == name);
    }

    private static void WaitUntil(Func<bool> condition)
    {
        while (!condition()) Thread.Sleep(20);
    }

    // Whatever a test found, nobody writes on when its folder is removed.
    private sealed class Ended(params Process[] processes) : IDisposable
    {
        public void Dispose()
        {
            foreach (Process process in processes)
            {
                if (process.HasExited) continue;
                process.Kill();
                process.WaitForExit();
            }
        }
    }
}
