using EmotionMLNet.Training;
using Npgsql;

namespace EmotionMLNet.TrialStores;

/// <summary>Where a PostgreSQL is: postgres://user:password@host:5432/database?sslmode=require. Its text is without the password.</summary>
internal sealed class PostgresAddress
{
    private const string Form = "postgres://user:password@host:5432/database";

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => Settings = settings;

    /// <summary>As Npgsql wants it. A password that is not said comes from PGPASSWORD or ~/.pgpass.</summary>
    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>Reads a URL; user, password and database may be escaped as in all URLs.</summary>
    /// <param name="url">The URL.</param>
    /// <exception cref="TrainingException">It has another form; the message repeats nothing of it that may be a password.</exception>
    public static PostgresAddress Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new TrainingException($"The address of a store looks like {Form}; escape @, : and / in a password as %40, %3A and %2F.");
        string database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (uri.Host.Length == 0 || database.Length == 0)
            throw new TrainingException($"The address of a store names a host and a database: {Form}.");
        string[] user = [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.DnsSafeHost,
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Database = database,
            ApplicationName = "EmotionMLNet",
        };
        if (user[0].Length > 0) settings.Username = user[0];
        if (user.Length > 1) settings.Password = user[1];
        foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            settings.SslMode = ReadSslMode(option.Split('=', 2));
        return new(settings);
    }

    public override string ToString() =>
        $"postgres://{(Settings.Username is { } user ? $"{user}@" : "")}{Settings.Host}:{Settings.Port}/{Settings.Database}";

    private static SslMode ReadSslMode(string[] option) =>
        option switch
        {
            ["sslmode", "disable"] => SslMode.Disable,
            ["sslmode", "allow"] => SslMode.Allow,
            ["sslmode", "prefer"] => SslMode.Prefer,
            ["sslmode", "require"] => SslMode.Require,
            ["sslmode", "verify-ca"] => SslMode.VerifyCA,
            ["sslmode", "verify-full"] => SslMode.VerifyFull,
            ["sslmode", ..] => throw new TrainingException(
                "sslmode of a store's address is disable, allow, prefer, require, verify-ca or verify-full."
            ),
            _ => throw new TrainingException("The address of a store has one option: sslmode."),
        };
}
