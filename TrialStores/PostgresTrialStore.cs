using System.Data;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;
using Npgsql;

namespace EmotionMLNet.TrialStores;

/// <summary>
/// Keeps searches in a database of a PostgreSQL server, for workers on many machines. Leases and all times go by the server's clock, so
/// clocks of workers do not matter.
/// </summary>
/// <remarks>
/// The tables are in a schema of their own, "emotionmlnet". All that is written to a search is written under one advisory lock, so its
/// order is total. Connections that break are replaced, and what was under way is done again or found to be done.
/// </remarks>
internal sealed class PostgresTrialStore : SqlTrialStore
{
    /// <summary>How long a worker may be silent unless somebody says otherwise.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);

    private const string Schema = "emotionmlnet";

    // Long enough for a server to restart: 12 seconds.
    private static readonly TimeSpan[] Pauses = [.. Enumerable.Range(0, 7).Select(i => TimeSpan.FromSeconds(0.1 * (1 << i)))];

    private readonly PostgresAddress address;
    private readonly string name;
    private readonly NpgsqlDataSource source;
    private readonly string prepare;

    private PostgresTrialStore(PostgresAddress address, string name, NpgsqlDataSource source, TimeSpan lease)
        : base(lease)
    {
        this.address = address;
        this.name = name;
        this.source = source;
        // A worker that was stopped while it decides would keep the others waiting for ever.
        prepare = $"""
            SET LOCAL search_path TO {Schema};
            SET LOCAL idle_in_transaction_session_timeout TO {Math.Max(1000, (int)lease.TotalMilliseconds)}
            """;
    }

    /// <summary>Opens a search, and makes it where there is none.</summary>
    /// <param name="url">Where the database is: postgres://user:password@host:5432/database.</param>
    /// <param name="name">Of the search: a database has many.</param>
    /// <param name="lease">How long a worker may be silent.</param>
    /// <exception cref="TrainingException">
    /// No server answers, it refuses, there is no such database, or a newer version made its tables.
    /// </exception>
    public static PostgresTrialStore Open(string url, string name, TimeSpan lease)
    {
        PostgresAddress address = PostgresAddress.Parse(url);
        var store = new PostgresTrialStore(address, name, NpgsqlDataSource.Create(address.Settings), lease);
        try
        {
            store.Transact(
                IsolationLevel.ReadCommitted,
                t =>
                {
                    store.MakeTables(t);
                    return t.Execute("INSERT INTO searches (name) VALUES (@search) ON CONFLICT DO NOTHING");
                }
            );
            return store;
        }
        catch (Exception e)
        {
            store.Dispose();
            if (e is NpgsqlException problem) throw new TrainingException(PostgresProblem.Describe(problem, address), e);
            throw;
        }
    }

    protected override string Place => $"{address}, search {name}";

    public override void Dispose() => source.Dispose();

    protected override T Reading<T>(Func<StoreTransaction, T> work) => Persist(IsolationLevel.RepeatableRead, work);

    // The lock is a statement of its own, so that those after it see all that others wrote before they let it go.
    protected override T Writing<T>(Func<StoreTransaction, T> work) =>
        Persist(
            IsolationLevel.ReadCommitted,
            t =>
            {
                t.Execute($"SELECT pg_advisory_xact_lock(hashtextextended('{Schema}/' || @search, 0))");
                return work(t);
            }
        );

    protected override double Now(StoreTransaction transaction) =>
        transaction.Cell("SELECT EXTRACT(EPOCH FROM clock_timestamp() - created)::double precision FROM searches WHERE name = @search")
            is double seconds
            ? seconds
            : throw new TrainingFailedException($"{address}: somebody has deleted the search {name}.");

    protected override bool IsOver(int id, int claims, double? expires, double now) => expires < now;

    private void MakeTables(StoreTransaction t)
    {
        // One at a time: two that make a table at once disturb each other even where it may be there.
        t.Execute($"SELECT pg_advisory_xact_lock(hashtextextended('{Schema}', 0))");
        if (t.Cell("SELECT to_regclass('schema_version')::text") is null)
            t.Execute($"CREATE SCHEMA IF NOT EXISTS {Schema}; {StoreTables.Make}");
        int version = (int)t.Cell("SELECT MAX(version) FROM schema_version")!;
        if (version <= StoreTables.Version) return;
        throw new TrainingException(
            $"{address}: tables of a newer version of this program ({version}, this one knows {StoreTables.Version})."
        );
    }

    private T Persist<T>(IsolationLevel isolation, Func<StoreTransaction, T> work)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return Transact(isolation, work);
            }
            catch (NpgsqlException e) when (attempt < Pauses.Length && PostgresProblem.MayPass(e))
            {
                source.Clear(); // a server that restarted has closed the idle ones too
                Thread.Sleep(Pauses[attempt]);
            }
            catch (NpgsqlException e)
            {
                throw new TrainingFailedException(PostgresProblem.Describe(e, address), e);
            }
        }
    }

    private T Transact<T>(IsolationLevel isolation, Func<StoreTransaction, T> work)
    {
        using NpgsqlConnection connection = source.OpenConnection();
        using NpgsqlTransaction transaction = connection.BeginTransaction(isolation);
        var session = new StoreTransaction(connection, transaction, name);
        session.Execute(prepare);
        T result = work(session);
        transaction.Commit();
        return result;
    }
}
