using System.Data.Common;
using System.Text;

namespace EmotionMLNet.TrialStores;

/// <summary>Statements inside one transaction of a store. All know the parameter @search.</summary>
/// <param name="connection">Open.</param>
/// <param name="transaction">Of the connection.</param>
/// <param name="search">Name of the search.</param>
internal sealed class StoreTransaction(DbConnection connection, DbTransaction? transaction, string search)
{
    /// <summary>Runs statements.</summary>
    /// <returns>How many rows they changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using DbCommand command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first cell of a query; null where it has no row or the cell is null.</summary>
    public object? Cell(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using DbCommand command = Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>All rows of a query.</summary>
    public List<T> Rows<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using DbCommand command = Command(sql, values);
        using DbDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        Add(command, "search", search);
        foreach ((string name, object? value) in values) Add(command, name, value);
        return command;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value switch
        {
            null or double.NaN => DBNull.Value, // SQLite has no NaN
            string text => Storable(text),
            _ => value,
        };
        command.Parameters.Add(parameter);
    }

    // PostgreSQL refuses zeros in texts, and no database keeps halves of surrogate pairs.
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
