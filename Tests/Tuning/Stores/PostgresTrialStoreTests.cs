using System.Collections.Concurrent;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>The store of a server: leases, many searches, connections that break, and servers that refuse.</summary>
[Collection(OneServer.Name)]
public sealed class PostgresTrialStoreTests(PostgresServer server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string search = $"it's {Guid.NewGuid():N}";

    [PostgresFact]
    public void A_silent_worker_loses_its_trial_by_the_servers_clock()
    {
        using PostgresTrialStore store = Open(TimeSpan.FromSeconds(1));
        TrialLease silent = store.Begin();
        WaitUntilLost(store);
        Assert.Equal(TrialStatus.Running, store.Read().Trials[0].Status);

        TrialLease lease = store.GoOn(0, 0, "bob");
        Assert.Equal((2, 1, false), (lease.Claim, lease.Trial.Losses, lease.Trial.IsLost));
        SearchTrial trial = store.Read().Trials[0];
        Assert.Equal((1, 2), (trial.Losses, trial.Claims));
        Assert.Equal([null, null], trial.Spans.Select(s => s.To));
        Assert.InRange(trial.Spans[1].From - trial.Spans[0].From, 1, double.MaxValue);
        Assert.False(store.Renew(silent));
        Assert.False(store.Add(silent, Decisions.Epoch(1)));
        Assert.False(store.End(silent, TrialStatus.Finished));
        Assert.True(store.End(lease, TrialStatus.Finished));
    }

    [PostgresFact]
    public void A_worker_that_speaks_again_before_anybody_took_its_trial_keeps_it()
    {
        using PostgresTrialStore store = Open(Hour);
        TrialLease lease = store.Begin();
        Assert.InRange(Expires(), 3500, 3700);
        Expire();
        Assert.True(store.Read().Trials[0].IsLost);
        Assert.True(store.Renew(lease));
        Assert.False(store.Read().Trials[0].IsLost);
        Expire();
        Assert.True(store.Add(lease, Decisions.Epoch(1)));
        Assert.False(store.Read().Trials[0].IsLost);
        Expire();
        Assert.True(store.End(lease, TrialStatus.Paused));
        Assert.False(store.Read().Trials[0].IsLost);
        Assert.Equal(0, store.Read().Trials[0].Losses);
    }

    [PostgresFact]
    public void A_lost_trial_that_is_given_up_counts_its_loss()
    {
        using PostgresTrialStore store = Open(Hour);
        store.Begin();
        Expire();
        store.Make(new SearchDecision.GiveUp(0, "lost too often"));
        SearchTrial trial = store.Read().Trials[0];
        Assert.Equal((TrialStatus.Failed, 1, false), (trial.Status, trial.Losses, trial.IsLost));
    }

    [PostgresFact]
    public void Searches_of_one_database_do_not_see_each_other()
    {
        using PostgresTrialStore one = Open(Hour), two = PostgresTrialStore.Open(server.Url, search + " two", Hour);
        TrialLease first = one.Begin();
        Assert.Equal(0, two.Begin(seed: 7).Trial.Id);
        one.Make(new SearchDecision.Record("space", "1"));
        two.Make(new SearchDecision.Record("space", "2"));
        one.Add(first, Decisions.Epoch(1));
        one.End(first, TrialStatus.Finished);
        SearchTrial other = two.Read().Trials.Single();
        Assert.Equal((TrialStatus.Running, 7, 0), (other.Status, other.Proposal.Seed, other.Epochs.Count));
        Assert.Equal(("1", "2"), (one.Read().Facts["space"], two.Read().Facts["space"]));
    }

    [PostgresFact]
    public void The_clock_is_the_servers_since_the_search_was_made()
    {
        using PostgresTrialStore store = Open(Hour);
        Execute("UPDATE searches SET created = created - INTERVAL '100 seconds'", "name");
        double before = store.Read().Now;
        TrialLease lease = store.Begin();
        store.Add(lease, Decisions.Epoch(1));
        double after = store.Read().Now;
        Assert.InRange(before, 100, after);
        Assert.InRange(store.Read().Trials[0].Spans[0].From, before, after);
        Assert.InRange(store.Read().Trials[0].Epochs[0].At, before, after);
    }

    [PostgresTheory]
    [InlineData("BeforeCommit")]
    [InlineData("AfterCommit")]
    public void What_was_under_way_when_a_connection_broke_is_done_once(string when)
    {
        Cut cut = Enum.Parse<Cut>(when);
        using var proxy = new CuttingProxy(server.Url);
        using PostgresTrialStore store = PostgresTrialStore.Open(proxy.Url, search, Hour);
        int cuts = 0, calls = 0;

        TrialLease lease = Broken(() => store.Decide("ann", state =>
        {
            calls++;
            return new SearchDecision.Begin(Decisions.Proposal(state.Trials.Count));
        })).Lease!;
        Assert.Equal(cut == Cut.BeforeCommit ? 2 : 1, calls);
        Assert.Equal((0, 1), (lease.Trial.Id, lease.Claim));
        Assert.True(Broken(() => store.Renew(lease)));
        Assert.True(Broken(() => store.Add(lease, Decisions.Epoch(1))));
        Assert.True(Broken(() => store.End(lease, TrialStatus.Released, "its worker died")));
        Assert.Equal(2, Broken(() => store.GoOn(0, 0)).Claim);
        Assert.Null(Broken(() => store.Make(new SearchDecision.Record("fact", "value"))));
        Assert.Null(Broken(() => store.Make(new SearchDecision.Reject(Decisions.Proposal(), "too large"))));
        Assert.False(Broken(() => store.End(lease, TrialStatus.Finished)));

        SearchState state = Broken(store.Read);
        Assert.Equal(2, state.Trials.Count);
        SearchTrial trial = state.Trials[0];
        Assert.Equal((TrialStatus.Running, 2, 1, 1, 2), (trial.Status, trial.Claims, trial.Losses, trial.Epochs.Count, trial.Spans.Count));
        Assert.Equal("value", state.Facts.Single().Value);
        Assert.Equal(4L, Execute("SELECT COUNT(*) FROM decisions"));

        T Broken<T>(Func<T> operation)
        {
            proxy.CutNext(cut);
            T result = operation();
            Assert.Equal(++cuts, proxy.Cuts);
            return result;
        }
    }

    [PostgresFact]
    public void Workers_whose_connections_are_ended_again_and_again_lose_nothing_and_count_nothing_twice()
    {
        const int trials = 40;
        using PostgresTrialStore store = Open(Hour), other = Open(Hour);
        var taken = new ConcurrentBag<(int Trial, int Claim)>();
        int working = 4;
        Task[] workers = [.. Enumerable.Range(0, working).Select(i => Task.Run(() =>
        {
            try
            {
                Work(i % 2 == 0 ? store : other);
            }
            finally
            {
                Interlocked.Decrement(ref working);
            }
        }))];
        int ended = 0;
        for (int round = 0; Volatile.Read(ref working) > 0 && round < 12; round++)
        {
            const string end = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'EmotionMLNet'";
            ended += Convert.ToInt32(server.Execute(end), null);
            Thread.Sleep(50);
        }
        Task.WaitAll(workers);

        Assert.InRange(ended, 1, int.MaxValue);
        IReadOnlyList<SearchTrial> all = store.Read().Trials;
        Assert.Equal(trials, all.Count);
        Assert.All(all, t => Assert.Equal((TrialStatus.Finished, 1, 2), (t.Status, t.Claims, t.Epochs.Count)));
        Assert.Equal(Enumerable.Range(0, trials).Select(i => (i, 1)), taken.Order());

        void Work(PostgresTrialStore mine)
        {
            while (mine.Decide("worker", Next).Lease is { } lease)
            {
                taken.Add((lease.Trial.Id, lease.Claim));
                for (int epoch = 1; epoch <= 2; epoch++) Assert.True(mine.Add(lease, Decisions.Epoch(epoch)));
                Assert.True(mine.End(lease, TrialStatus.Finished));
            }
        }

        static SearchDecision Next(SearchState state) =>
            state.Trials.Count < trials ? new SearchDecision.Begin(Decisions.Proposal()) : new SearchDecision.Stop();
    }

    [PostgresFact]
    public void A_worker_that_is_stopped_while_it_decides_holds_up_nobody_for_longer_than_a_lease()
    {
        using PostgresTrialStore stopped = Open(TimeSpan.FromSeconds(1)), other = Open(TimeSpan.FromSeconds(1));
        using ManualResetEventSlim decides = new(), goesOn = new();
        var counts = new ConcurrentQueue<int>();
        Task<MadeDecision> late = Task.Run(() => stopped.Decide("ann", state =>
        {
            counts.Enqueue(state.Trials.Count);
            decides.Set();
            goesOn.Wait();
            return new SearchDecision.Begin(Decisions.Proposal());
        }));
        decides.Wait();
        Assert.Equal(0, other.Begin("bob").Trial.Id); // as soon as the server has ended the other's transaction
        goesOn.Set();
        Assert.Equal(1, late.Result.Lease!.Trial.Id);
        Assert.Equal([0, 1], counts);
    }

    [PostgresFact]
    public void Tables_are_made_once_by_however_many()
    {
        string url = server.MakeDatabase($"made_{Guid.NewGuid():N}");
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using PostgresTrialStore store = PostgresTrialStore.Open(url, $"search {i % 2}", Hour);
            store.Begin();
        });
        using PostgresTrialStore again = PostgresTrialStore.Open(url, "search 0", Hour);
        Assert.Equal([0, 1, 2, 3], again.Read().Trials.Select(t => t.Id));
    }

    [PostgresFact]
    public void Tables_of_a_newer_version_are_refused()
    {
        string database = $"newer_{Guid.NewGuid():N}", url = server.MakeDatabase(database);
        PostgresTrialStore.Open(url, search, Hour).Dispose();
        server.Execute("UPDATE schema_version SET version = 2", database);
        Refuses(url, "tables of a newer version of this program (2, this one knows 1).");
    }

    [PostgresFact]
    public void A_search_that_somebody_deletes_is_named()
    {
        using PostgresTrialStore store = Open(Hour);
        store.Begin();
        Execute("DELETE FROM searches", "name");
        Assert.Contains(search, Assert.Throws<TrainingFailedException>(() => store.Read()).Message, StringComparison.Ordinal);
        Assert.Contains("deleted", Assert.Throws<TrainingFailedException>(() => store.Begin()).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public void A_user_who_may_make_nothing_is_told_so()
    {
        string database = $"closed_{Guid.NewGuid():N}", role = $"guest_{Guid.NewGuid():N}", url = server.MakeDatabase(database);
        server.Execute($"CREATE ROLE {role} LOGIN PASSWORD 'secret'");
        var guest = new UriBuilder(url) { UserName = role, Password = "secret" };
        Refuses(guest.Uri.AbsoluteUri, "the user may not make or use the tables");
    }

    [PostgresFact]
    public void A_wrong_password_and_a_missing_database_are_told_apart()
    {
        Refuses(new UriBuilder(server.Url) { Password = "hunter2" }.Uri.AbsoluteUri, "refuses the user or the password.");
        Refuses(new UriBuilder(server.Url) { Path = "no_such_database" }.Uri.AbsoluteUri, "make it with createdb no_such_database.");
    }

    [Fact]
    public void A_server_that_is_not_there_is_named()
    {
        // Nobody listens on a port that is kept by a socket which is bound only.
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        int port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        Refuses($"postgres://ann:hunter2@127.0.0.1:{port}/trials", $"postgres://ann@127.0.0.1:{port}/trials: no server answers");
    }

    [Theory]
    [InlineData("postgres://ann@host/trials", "postgres://ann@host:5432/trials")]
    [InlineData("postgresql://a%40b:p%3A%2F%25@host:1234/my%20trials", "postgres://a@b@host:1234/my trials", "p:/%")]
    [InlineData("postgres://host/trials?sslmode=verify-full", "postgres://host:5432/trials")]
    [InlineData("postgres://ann:a:b@[::1]:77/trials", "postgres://ann@::1:77/trials", "a:b")]
    public void Addresses_are_read_as_urls(string url, string shown, string? password = null)
    {
        PostgresAddress address = PostgresAddress.Parse(url);
        Assert.Equal(shown, address.ToString());
        Assert.Equal(password, address.Settings.Password);
        if (url.Contains("verify", StringComparison.Ordinal)) Assert.Equal(Npgsql.SslMode.VerifyFull, address.Settings.SslMode);
    }

    [Theory]
    [InlineData("search.db")]
    [InlineData("")]
    [InlineData("http://ann:hunter2@host/trials")]
    [InlineData("postgres://ann:hunter2@host")]
    [InlineData("postgres://ann:hunter2@host/")]
    [InlineData("postgres:///trials")]
    [InlineData("postgres://ann:hunter2/3@host/trials")]
    [InlineData("postgres://ann:hunter2@host/trials?sslmode=maybe")]
    [InlineData("postgres://ann:hunter2@host/trials?password=hunter2")]
    public void Other_addresses_are_refused_without_repeating_a_password(string url)
    {
        string message = Assert.Throws<TrainingException>(() => PostgresAddress.Parse(url)).Message;
        Assert.Matches("address of a store|store's address", message);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private PostgresTrialStore Open(TimeSpan lease) => PostgresTrialStore.Open(server.Url, search, lease);

    private void Refuses(string url, string message)
    {
        TrainingException problem = Assert.Throws<TrainingException>(() => PostgresTrialStore.Open(url, search, Hour));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        foreach (string secret in new[] { "hunter2", "secret", PostgresServer.Password, Uri.EscapeDataString(PostgresServer.Password) })
            Assert.DoesNotContain(secret, problem.Message, StringComparison.Ordinal);
    }

    // Of this search alone.
    private object? Execute(string sql, string key = "search") =>
        server.Execute($"{sql} WHERE {key} = '{search.Replace("'", "''", StringComparison.Ordinal)}'");

    private double Expires() => Convert.ToDouble(Execute("SELECT MAX(expires) FROM trials"), null);

    private void Expire() => Execute("UPDATE trials SET expires = -1");

    private static void WaitUntilLost(PostgresTrialStore store)
    {
        while (!store.Read().Trials[0].IsLost) Thread.Sleep(20);
    }
}
