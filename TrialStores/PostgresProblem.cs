using Npgsql;

namespace EmotionMLNet.TrialStores;

/// <summary>What went wrong with a server: whether another attempt may help, and a line that says what to do.</summary>
internal static class PostgresProblem
{
    // Of a worker that was stopped while it decided.
    private const string IdleInTransaction = "25P03";

    /// <summary>Whether the connection broke or the server is busy or restarting. What was to be written may have been written.</summary>
    public static bool MayPass(NpgsqlException exception) =>
        exception.IsTransient
        || exception.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException
        || exception.SqlState
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or IdleInTransaction;

    /// <summary>One line.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="address">Where the server is.</param>
    public static string Describe(NpgsqlException exception, PostgresAddress address) =>
        exception.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"{address} refuses the user or the password.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"{address}: there is no such database; make it with createdb {address.Settings.Database}.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"{address}: the user may not make or use the tables of the schema emotionmlnet ({Text(exception)}).",
            null when exception.InnerException is System.Net.Sockets.SocketException or TimeoutException =>
                $"{address}: no server answers ({exception.InnerException.Message.TrimEnd('.')}).",
            _ => $"{address}: {Text(exception)}.",
        };

    private static string Text(NpgsqlException exception) =>
        (exception is PostgresException server ? server.MessageText : exception.Message).TrimEnd('.');
}
