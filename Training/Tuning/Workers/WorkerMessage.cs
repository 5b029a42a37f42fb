using System.Text.Json;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Workers;

/// <summary>
/// A line between a search and one of its worker processes, JSON. The search says what it is (once), then jobs; the worker answers with
/// epochs, each of which the search acknowledges, and with how a job ended. Either side takes the end of the stream for the end of the
/// other.
/// </summary>
internal sealed record WorkerMessage
{
    /// <summary>To the worker: the plan of the search.</summary>
    public string? Plan { get; init; }

    /// <summary>With the plan: how the search is laid out.</summary>
    public string? Layout { get; init; }

    /// <summary>To the worker: train this.</summary>
    public TrialJob? Job { get; init; }

    /// <summary>To the worker: whether the training goes on behind the epoch that it reported.</summary>
    public bool? GoesOn { get; init; }

    /// <summary>To the worker: give the job back.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>To the search: an epoch is done.</summary>
    public TrialEpoch? Epoch { get; init; }

    /// <summary>To the search: the job is over, as it should be.</summary>
    public bool IsDone { get; init; }

    /// <summary>To the search: the job was given back.</summary>
    public bool IsReleased { get; init; }

    /// <summary>To the search: why the trial came to nothing.</summary>
    public string? Failure { get; init; }

    // A loss may be no number.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Writes a line.</summary>
    public void Write(TextWriter writer)
    {
        lock (writer)
        {
            writer.WriteLine(JsonSerializer.Serialize(this, Json));
            writer.Flush();
        }
    }

    /// <summary>Reads a line; null at the end of the stream.</summary>
    public static WorkerMessage? Read(TextReader reader) =>
        reader.ReadLine() is { } line ? JsonSerializer.Deserialize<WorkerMessage>(line, Json) : null;
}
