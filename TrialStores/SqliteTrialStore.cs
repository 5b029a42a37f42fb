using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;
using Microsoft.Data.Sqlite;

namespace EmotionMLNet.TrialStores;

/// <summary>
/// Keeps one search in a file for one coordinator, who holds a lock elsewhere. Its clock counts only the time in which it was open: it
/// goes on from what was written last.
/// </summary>
/// <remarks>
/// Leases do not end. A trial that was running when the store was opened had a coordinator that was killed: it is lost until somebody goes
/// on with it, and no loss is counted.
/// </remarks>
internal sealed class SqliteTrialStore : SqlTrialStore
{
    // "EMNS" as SQLite's header keeps it, so that no other program's file is taken for ours.
    private const int ApplicationId = 0x454D4E53;

    // The file holds one search; its name is only a key.
    private const string Search = "search";

    // For people who look into the file while the search runs.
    private const int SecondsToWaitForOthers = 60;

    private readonly Lock gate = new();
    private readonly string path;
    private readonly TimeProvider time;
    private readonly SqliteConnection connection;
    private readonly HashSet<(int Trial, int Claims)> left = [];
    private readonly double before;
    private readonly long opened;

    private SqliteTrialStore(string path, TimeProvider time, SqliteConnection connection)
        : base(lease: null)
    {
        this.path = path;
        this.time = time;
        this.connection = connection;
        opened = time.GetTimestamp();
        var reader = new StoreTransaction(connection, null, Search);
        before = Convert.ToDouble(reader.Cell("SELECT seconds FROM searches WHERE name = @search"), null);
        left = [.. Load(reader).Trials.Where(t => t.Status == TrialStatus.Running).Select(t => (t.Id, t.Claims))];
    }

    /// <summary>Opens a file, and makes it where there is none.</summary>
    /// <param name="path">The file; SQLite keeps two more beside it while it is open.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="TrainingException">
    /// It is another program's file, damaged, of a newer version, or can't be opened or written.
    /// </exception>
    public static SqliteTrialStore Open(string path, TimeProvider time)
    {
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            bool isNew = Check(path, connection);
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            using (SqliteTransaction transaction = connection.BeginTransaction(deferred: false))
            {
                if (isNew) Execute(connection, $"{StoreTables.Make} PRAGMA application_id = {ApplicationId};", transaction);
                new StoreTransaction(connection, transaction, Search).Execute(
                    "INSERT INTO searches (name) VALUES (@search) ON CONFLICT DO NOTHING"
                );
                transaction.Commit();
            }
            return new(path, time, connection);
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (Reason(e) is { } reason) throw new TrainingException($"{path}: {reason}", e);
            throw;
        }
    }

    /// <summary>Reads a search that another process may have open, and changes nothing: no trial is lost, and the clock stands.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">It is not there, another program's, damaged, or of a newer version.</exception>
    public static SearchState Peek(string path)
    {
        using SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite);
        try
        {
            if (Check(path, connection)) throw new TrainingException($"{path}: holds no search.");
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
            var reader = new StoreTransaction(connection, transaction, Search);
            double now = Convert.ToDouble(reader.Cell("SELECT seconds FROM searches WHERE name = @search"), null);
            return StateReader.Read(reader, now, (_, _, _) => false, path);
        }
        catch (Exception e) when (Reason(e) is { } reason)
        {
            throw new TrainingException($"{path}: {reason}", e);
        }
    }

    protected override string Place => path;

    public override void Dispose()
    {
        lock (gate) connection.Dispose();
    }

    protected override T Reading<T>(Func<StoreTransaction, T> work) => Run(work, deferred: true);

    protected override T Writing<T>(Func<StoreTransaction, T> work) => Run(work, deferred: false);

    protected override double Now(StoreTransaction transaction) => before + time.GetElapsedTime(opened).TotalSeconds;

    protected override bool IsOver(int id, int claims, double? expires, double now) => left.Contains((id, claims));

    private T Run<T>(Func<StoreTransaction, T> work, bool deferred)
    {
        lock (gate)
        {
            try
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred);
                T result = work(new(connection, transaction, Search));
                transaction.Commit();
                return result;
            }
            catch (SqliteException e)
            {
                throw new TrainingFailedException($"{path}: {Reason(e)}", e);
            }
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path.GetFullPath(path),
                Mode = mode,
                Pooling = false, // a store that was closed lets go of its file
                DefaultTimeout = SecondsToWaitForOthers,
                ForeignKeys = true,
            }.ToString()
        );
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {SecondsToWaitForOthers * 1000}");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new TrainingException($"{path}: {Reason(e)}", e);
        }
    }

    // Whether the file is empty. Nothing may be written before it is known to be ours.
    private static bool Check(string path, SqliteConnection connection)
    {
        var reader = new StoreTransaction(connection, null, Search);
        long application = (long)reader.Cell("PRAGMA application_id")!;
        if (application == 0 && reader.Cell("SELECT name FROM sqlite_master") is null) return true;
        if (application != ApplicationId) throw new TrainingException($"{path}: a database of another program, and not of a search.");
        if (reader.Cell("PRAGMA quick_check(1)") is not "ok") throw new TrainingException($"{path}: the file is damaged.");
        long version = Convert.ToInt64(reader.Cell("SELECT MAX(version) FROM schema_version"), null);
        if (version <= StoreTables.Version) return false;
        throw new TrainingException(
            $"{path}: written by a newer version of this program (tables {version}, this one knows {StoreTables.Version})."
        );
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null) =>
        new StoreTransaction(connection, transaction, Search).Execute(sql);

    // What people can do something about, in a line without the path; null for what is no matter of the file.
    private static string? Reason(Exception exception) =>
        exception is not SqliteException e
            ? null
            : e.SqliteErrorCode switch
            {
                SQLitePCL.raw.SQLITE_NOTADB => "no database of a search.",
                SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_ERROR => $"the file is damaged ({e.Message})",
                SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "another program has locked the file for too long.",
                SQLitePCL.raw.SQLITE_FULL => "the disk is full.",
                SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM => "the file can't be written.",
                SQLitePCL.raw.SQLITE_CANTOPEN => "the file can't be opened or made: is its folder there, and may you write in it?",
                _ => e.Message,
            };
}
