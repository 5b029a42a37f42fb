using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;
using Microsoft.Data.Sqlite;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>The store in a file: what a kill leaves, its clock, and files that it refuses.</summary>
public sealed class SqliteTrialStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TickingClock clock = new() { Tick = 0 };

    private string File => folder["search.db"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void After_a_kill_running_trials_are_lost_until_somebody_goes_on_and_no_loss_is_counted()
    {
        using SqliteTrialStore killed = Open();
        TrialLease paused = killed.Begin(), running = killed.Begin();
        killed.End(paused, TrialStatus.Paused);
        killed.Add(running, Decisions.Epoch(1));

        using SqliteTrialStore store = OpenCopy();
        Assert.Equal([false, true], store.Read().Trials.Select(t => t.IsLost));
        Assert.Equal(TrialStatus.Running, store.Read().Trials[1].Status);
        TrialLease fresh = store.Begin();
        Assert.False(store.Read().Trials[fresh.Trial.Id].IsLost);

        TrialLease lease = store.GoOn(1, 0, "bob");
        Assert.Equal((2, 0, false), (lease.Claim, lease.Trial.Losses, lease.Trial.IsLost));
        SearchTrial trial = store.Read().Trials[1];
        Assert.Equal((false, 0, 2), (trial.IsLost, trial.Losses, trial.Claims));
        Assert.Equal([null, null], trial.Spans.Select(s => s.To));
        Assert.Single(trial.Epochs);
        Assert.False(store.Add(running, Decisions.Epoch(2)));
        Assert.True(store.Add(lease, Decisions.Epoch(2)));
    }

    [Fact]
    public void A_trial_that_a_kill_left_can_be_given_up()
    {
        using SqliteTrialStore killed = Open();
        killed.Begin();
        using SqliteTrialStore store = OpenCopy();
        store.Make(new SearchDecision.GiveUp(0, "it kills its worker"));
        SearchTrial trial = store.Read().Trials[0];
        Assert.Equal((TrialStatus.Failed, false, 0), (trial.Status, trial.IsLost, trial.Losses));
    }

    [Fact]
    public void The_clock_goes_on_from_what_was_written_last()
    {
        using (SqliteTrialStore store = Open())
        {
            TrialLease lease = store.Begin();
            clock.Advance(10);
            store.Add(lease, Decisions.Epoch(1));
            clock.Advance(5);
            Assert.Equal(15, store.Read().Now);
        }
        clock.Advance(1000);
        using (SqliteTrialStore store = Open())
        {
            Assert.Equal(10, store.Read().Now);
            clock.Advance(2);
            store.End(store.GoOn(0, 0), TrialStatus.Finished);
            clock.Advance(0.5);
            store.Begin();
            Assert.Equal([(0, null), (12, 12)], store.Read().Trials[0].Spans.Select(s => (s.From, s.To)));
        }
        clock.Advance(1000);
        using (SqliteTrialStore store = Open()) Assert.Equal(12.5, store.Read().Now);
    }

    [Fact]
    public void Each_report_keeps_the_clock()
    {
        using SqliteTrialStore store = Open();
        TrialLease lease = store.Begin();
        Advance(() => Assert.True(store.Renew(lease)));
        Advance(() => Assert.True(store.Add(lease, Decisions.Epoch(1))));
        Advance(() => store.Make(new SearchDecision.Record("a", "b")));
        Advance(() => Assert.True(store.End(lease, TrialStatus.Paused)));

        void Advance(Action report)
        {
            clock.Advance(3);
            report();
            Assert.Equal(store.Read().Now, SqliteTrialStore.Peek(File).Now);
        }
    }

    [Fact]
    public void Another_process_can_look_while_a_search_runs()
    {
        Assert.Contains(File, Assert.Throws<TrainingException>(() => SqliteTrialStore.Peek(File)).Message, StringComparison.Ordinal);
        using SqliteTrialStore store = Open();
        store.Begin();
        clock.Advance(7);
        SearchState seen = SqliteTrialStore.Peek(File);
        Assert.Equal((TrialStatus.Running, false, 0), (seen.Trials.Single().Status, seen.Trials.Single().IsLost, seen.Now));
        Assert.Equal(1, store.Begin().Trial.Id);
    }

    [Fact]
    public void People_can_query_it_and_nothing_is_left_beside_it()
    {
        using (SqliteTrialStore store = Open())
        {
            TrialLease lease = store.Begin();
            store.Add(lease, Decisions.Epoch(1, double.NaN));
            store.Add(lease, Decisions.Epoch(2, 0.25));
            store.End(lease, TrialStatus.Paused);
            store.Make(new SearchDecision.Record("winner", "0"));
        }
        Assert.Equal(["search.db"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName));
        Assert.Equal(
            "0|search|paused|2|0.25|ann|0|begin,record",
            Query(
                """
                SELECT id || '|' || kind || '|' || status || '|'
                  || (SELECT COUNT(*) FROM epochs WHERE trial = id) || '|' || (SELECT MIN(loss) FROM epochs WHERE trial = id) || '|'
                  || (SELECT worker FROM claims WHERE trial = id) || '|' || (SELECT value FROM facts WHERE name = 'winner') || '|'
                  || (SELECT GROUP_CONCAT(decision) FROM (SELECT decision FROM decisions ORDER BY number))
                FROM trials
                """
            )
        );
    }

    [Fact]
    public void A_file_is_written_ahead_and_each_write_is_on_disk()
    {
        using SqliteTrialStore store = Open();
        store.Begin();
        Assert.Equal("wal", Query("PRAGMA journal_mode"));
        Assert.NotEqual(0, new FileInfo($"{File}-wal").Length);
    }

    [Fact]
    public void Files_of_others_are_refused_and_stay_as_they_are()
    {
        AtomicFile.WriteText(File, "id,loss\n" + new string('x', 5000));
        Refuses("no database of a search.");
        AtomicFile.WriteText(File, "short");
        Refuses("no database of a search.");
        System.IO.File.Delete(File);
        Query("CREATE TABLE trials (id INTEGER)");
        Refuses("a database of another program, and not of a search.");
    }

    [Fact]
    public void A_newer_file_is_refused()
    {
        Open().Dispose();
        Query("UPDATE schema_version SET version = 2");
        Refuses("written by a newer version of this program (tables 2, this one knows 1).");
    }

    [Fact]
    public void Damaged_files_are_refused()
    {
        using (SqliteTrialStore store = Open())
            for (int i = 0; i < 50; i++) store.End(store.Begin(), TrialStatus.Finished);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int refused = 0, pages = 0;
        for (int at = 0; at < whole.Length; at += 4096, pages++)
        {
            byte[] damaged = [.. whole];
            damaged.AsSpan(at == 0 ? 100 : at, 1500).Fill(0xA5);
            AtomicFile.Write(File, stream => stream.Write(damaged));
            // A page that holds nothing may hold anything.
            if (Record.Exception(() => Open().Dispose()) is not { } problem) continue;
            Assert.StartsWith($"{File}: the file is damaged", Assert.IsType<TrainingException>(problem).Message, StringComparison.Ordinal);
            refused++;
        }
        Assert.InRange(refused, pages - 2, pages);
        AtomicFile.Write(File, stream => stream.Write(whole.AsSpan(0, 5000)));
        Assert.StartsWith($"{File}: the file is damaged", Assert.Throws<TrainingException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE trials SET status = 'lazy'")]
    [InlineData("UPDATE trials SET point = '[1,'")]
    [InlineData("UPDATE trials SET point = 'null'")]
    [InlineData("UPDATE trials SET seed = 1e15")]
    [InlineData("UPDATE trials SET id = 7")]
    [InlineData("DROP TABLE epochs")]
    [InlineData("DROP TABLE searches")]
    public void Tables_that_somebody_has_written_into_are_refused(string sql)
    {
        using (SqliteTrialStore store = Open()) store.Begin();
        Query($"PRAGMA foreign_keys = OFF; {sql}");
        Assert.StartsWith($"{File}: ", Assert.ThrowsAny<TrainingException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_where_no_file_can_be_are_named()
    {
        string missing = Path.Combine(folder.FullName, "none", "search.db");
        foreach (string path in new[] { missing, folder.FullName })
            Assert.StartsWith(
                $"{path}: the file can't be opened or made",
                Assert.Throws<TrainingException>(() => SqliteTrialStore.Open(path, clock)).Message,
                StringComparison.Ordinal
            );
    }

    private SqliteTrialStore Open() => SqliteTrialStore.Open(File, clock);

    // What a kill leaves: the file and the log beside it, as they are while the store is open.
    private SqliteTrialStore OpenCopy()
    {
        string copy = folder["copy.db"];
        foreach (string end in new[] { "", "-wal" }) System.IO.File.Copy(File + end, copy + end);
        return SqliteTrialStore.Open(copy, clock);
    }

    private void Refuses(string message)
    {
        byte[] before = System.IO.File.ReadAllBytes(File);
        Assert.Equal($"{File}: {message}", Assert.Throws<TrainingException>(Open).Message);
        Assert.Equal($"{File}: {message}", Assert.Throws<TrainingException>(() => SqliteTrialStore.Peek(File)).Message);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal(["search.db"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName));
    }

    private string? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }
}
