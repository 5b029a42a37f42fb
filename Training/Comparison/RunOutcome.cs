using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>How one run ended, kept in its folder: a run with an outcome is not run again.</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="BestEpoch">Number of the best epoch, from 1; 0 where there are none.</param>
/// <param name="Ended">Why, one sentence.</param>
/// <param name="History">Every epoch; nothing where there are none.</param>
internal sealed record RunOutcome(int Seed, int BestEpoch, string Ended, IReadOnlyList<EpochResult> History)
{
    public const string FileName = "outcome.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Seconds of a training without epochs.</summary>
    public double? Elapsed { get; init; }

    /// <summary>Time of all epochs with their validation, or of a training that has none.</summary>
    public double Seconds => Elapsed ?? History.Sum(e => e.Seconds);

    /// <returns>That of a run's folder; null where the run has not ended.</returns>
    /// <exception cref="TrainingException">The file is there and is damaged.</exception>
    public static RunOutcome? Find(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            if (
                JsonSerializer.Deserialize<RunOutcome>(File.ReadAllText(path), Json) is { History: { } history, Ended: not null } outcome
                && history.All(e => e is not null)
            )
                return outcome;
        }
        catch (JsonException)
        {
            // as damaged as one without its epochs
        }
        throw new TrainingFailedException($"{path} is damaged: delete its folder, and the run is made again.");
    }

    public void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
