using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.TrialStores;
using Npgsql;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>
/// A PostgreSQL for the tests: the one of EMOTIONMLNET_POSTGRES (a URL, whose user may make databases), or a private server from Debian's
/// binaries, which is started when a test first asks for it, and is gone at the end.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    // An address must escape each of its signs.
    internal const string Password = "p@ss:w/rd%1";

    private const string Variable = "EMOTIONMLNET_POSTGRES", Debian = "/usr/lib/postgresql", Nobody = "65534";

    private readonly Lock gate = new();
    private TemporaryFolder? folder;
    private string? url;

    /// <summary>Why tests that need it skip; null where it is there.</summary>
    public static string? Missing { get; } =
        Environment.GetEnvironmentVariable(Variable) is not null || Binaries() is not null
            ? null
            : $"needs PostgreSQL: install it (Debian: postgresql) or name a database in {Variable}";

    /// <summary>Of a database in which tests may do anything.</summary>
    public string Url
    {
        get
        {
            lock (gate) return url ??= Environment.GetEnvironmentVariable(Variable) ?? Start();
        }
    }

    /// <summary>Runs statements in the schema of the stores.</summary>
    public object? Execute(string sql, string? database = null)
    {
        using NpgsqlConnection connection = Connect(database);
        using var command = new NpgsqlCommand($"SET search_path TO emotionmlnet; {sql}", connection);
        return command.ExecuteScalar();
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its URL.</returns>
    public string MakeDatabase(string name)
    {
        using NpgsqlConnection connection = Connect(null);
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return new UriBuilder(Url) { Path = name }.Uri.AbsoluteUri;
    }

    public void Dispose()
    {
        if (folder is null) return;
        Run("pg_ctl", "stop", "-D", folder["data"], "-m", "immediate", "-w");
        folder.Dispose();
    }

    private NpgsqlConnection Connect(string? database)
    {
        NpgsqlConnectionStringBuilder settings = PostgresAddress.Parse(Url).Settings;
        settings.ApplicationName = "tests";
        settings.Pooling = false;
        if (database is not null) settings.Database = database;
        var connection = new NpgsqlConnection(settings.ToString());
        connection.Open();
        return connection;
    }

    private string Start()
    {
        folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["password"], Password);
        if (Environment.IsPrivilegedProcess) Assert.Equal(0, Posix.Run("chown", "-R", Nobody, folder.FullName).Code);
        Run("initdb", "-D", folder["data"], "-U", "tester", "--pwfile", folder["password"], "-A", "scram-sha-256",
            "-E", "UTF8", "--locale=C", "--no-sync");
        int port = FreePort();
        string options = $"-p {port} -h 127.0.0.1 -k {folder.FullName} -c fsync=off";
        Run("pg_ctl", "start", "-D", folder["data"], "-l", folder["log"], "-o", options, "-w", "-t", "120");
        return $"postgres://tester:{Uri.EscapeDataString(Password)}@127.0.0.1:{port}/postgres";
    }

    // The server refuses to run as root.
    private void Run(string program, params string[] arguments)
    {
        string path = Path.Combine(Binaries()!, program);
        string[] line = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", Nobody, "--clear-groups", path] : [path];
        var start = new ProcessStartInfo(line[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder!.FullName,
        };
        foreach (string argument in line[1..].Concat(arguments)) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        ProcessResult result = TrainerProcess.Finish(process);
        if (result.Code != 0) throw new InvalidOperationException($"{program}: {result.Output} {result.Error}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Binaries() =>
        Directory.Exists(Debian)
            ? Directory
                .GetDirectories(Debian)
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out int version) ? version : 0)
                .Select(d => Path.Combine(d, "bin"))
                .FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb")) && File.Exists(Path.Combine(b, "postgres")))
            : null;
}

/// <summary>Tests of the stores share one server.</summary>
[CollectionDefinition(Name)]
public sealed class OneServer : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}

/// <summary>A fact that needs PostgreSQL and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Missing;
}

/// <summary>A theory that needs PostgreSQL and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.Missing;
}
