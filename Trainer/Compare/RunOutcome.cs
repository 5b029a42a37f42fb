using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Compare;

/// <summary>How one run ended, kept in its folder: a run with an outcome is not run again.</summary>
/// <param name="Seed">Of the run.</param>
/// <param name="BestEpoch">From 1.</param>
/// <param name="Ended">Why, one sentence.</param>
/// <param name="History">Every epoch.</param>
internal sealed record RunOutcome(int Seed, int BestEpoch, string Ended, IReadOnlyList<EpochResult> History)
{
    private const string FileName = "outcome.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Time of all epochs with their validation.</summary>
    public double Seconds => History.Sum(e => e.Seconds);

    public static RunOutcome? Find(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<RunOutcome>(File.ReadAllText(path), Json) : null;
    }

    public void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
