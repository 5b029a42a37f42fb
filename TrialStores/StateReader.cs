using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.TrialStores;

/// <summary>Rows of the tables as trials and facts, and the texts in which their cells are written.</summary>
internal static class StateReader
{
    private static readonly JsonSerializerOptions Numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Says whether the lease of a running trial is over.</summary>
    /// <param name="id">Number of the trial.</param>
    /// <param name="claims">How often it was taken.</param>
    /// <param name="expires">The end of its lease, seconds of the search's clock; null where it has none.</param>
    public delegate bool LeaseRule(int id, int claims, double? expires);

    /// <summary>Reads everything of a search.</summary>
    /// <param name="transaction">Sees one moment of the database.</param>
    /// <param name="now">The search's clock.</param>
    /// <param name="isOver">Whose lease is over.</param>
    /// <param name="place">Where the tables are, for messages.</param>
    /// <exception cref="TrainingFailedException">Somebody else has written into the tables what does not belong there.</exception>
    public static SearchState Read(StoreTransaction transaction, double now, LeaseRule isOver, string place)
    {
        try
        {
            return Read(transaction, now, isOver);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidCastException or FormatException or OverflowException)
        {
            throw new TrainingFailedException($"{place}: the tables of the search are damaged ({e.Message})", e);
        }
    }

    /// <summary>A kind or status as the tables have it.</summary>
    public static string Text<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Coordinates as the tables have them.</summary>
    public static string Text(IReadOnlyList<double> point) => JsonSerializer.Serialize(point, Numbers);

    private static SearchState Read(StoreTransaction transaction, double now, LeaseRule isOver)
    {
        ILookup<int, TrialSpan> spans = transaction
            .Rows(
                "SELECT trial, worker, rung, started, ended FROM claims WHERE search = @search ORDER BY trial, claim",
                r => (Trial: r.GetInt32(0), Span: new TrialSpan(r.GetString(1), r.GetInt32(2), r.GetDouble(3), Nullable(r, 4)))
            )
            .ToLookup(r => r.Trial, r => r.Span);
        ILookup<int, TrialEpoch> epochs = transaction
            .Rows(
                "SELECT trial, rung, epoch, loss, accuracy, seconds, ended FROM epochs WHERE search = @search ORDER BY trial, number",
                r => (Trial: r.GetInt32(0), Epoch: Epoch(r))
            )
            .ToLookup(r => r.Trial, r => r.Epoch);
        List<SearchTrial> trials = transaction.Rows(
            """
            SELECT id, kind, arm, point, settings, seed, first_rung, origin, status, rung, claims, losses, reason, expires
            FROM trials WHERE search = @search ORDER BY id
            """,
            r => Trial(r, isOver) with { Epochs = [.. epochs[r.GetInt32(0)]], Spans = [.. spans[r.GetInt32(0)]] }
        );
        for (int i = 0; i < trials.Count; i++)
            if (trials[i].Id != i) throw new FormatException($"trial {i} is missing");
        Dictionary<string, string> facts = transaction
            .Rows("SELECT name, value FROM facts WHERE search = @search", r => (Name: r.GetString(0), Value: r.GetString(1)))
            .ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        return new(trials, facts, now);
    }

    private static SearchTrial Trial(DbDataReader row, LeaseRule isOver)
    {
        int id = row.GetInt32(0), claims = row.GetInt32(10);
        TrialStatus status = Enum.Parse<TrialStatus>(row.GetString(8), ignoreCase: true);
        return new()
        {
            Id = id,
            Proposal = new(
                Enum.Parse<TrialKind>(row.GetString(1), ignoreCase: true),
                row.GetString(2),
                JsonSerializer.Deserialize<double[]>(row.GetString(3), Numbers) ?? throw new FormatException($"trial {id} has no point"),
                row.GetString(4),
                row.GetInt32(5),
                row.GetInt32(6),
                row.GetString(7)
            ),
            Status = status,
            Rung = row.GetInt32(9),
            Claims = claims,
            Losses = row.GetInt32(11),
            IsLost = status == TrialStatus.Running && isOver(id, claims, Nullable(row, 13)),
            Reason = row.IsDBNull(12) ? null : row.GetString(12),
        };
    }

    private static TrialEpoch Epoch(DbDataReader row) =>
        new(row.GetInt32(1), row.GetInt32(2), Number(row, 3), Number(row, 4), Number(row, 5), row.GetDouble(6));

    private static double Number(DbDataReader row, int column) => Nullable(row, column) ?? double.NaN;

    private static double? Nullable(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
