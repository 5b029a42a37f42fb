using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Training;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>What a trained pipeline was trained on and when, kept in its run folder.</summary>
/// <param name="Pipeline">Its text.</param>
/// <param name="Labels">In the order of its probabilities.</param>
/// <param name="DataFingerprint">Of the training data.</param>
/// <param name="Notes">What training saw otherwise than the data have it.</param>
/// <param name="Parameters">Values of the trainer's model; null where ML.NET does not show them.</param>
/// <param name="CreatedAt">UTC, ISO 8601.</param>
internal sealed record PipelineRecord(
    string Pipeline,
    IReadOnlyList<string> Labels,
    string DataFingerprint,
    IReadOnlyList<string> Notes,
    long? Parameters,
    string CreatedAt
)
{
    private const string FileName = "pipeline.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="TrainingException">The file is damaged.</exception>
    public static PipelineRecord Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (JsonSerializer.Deserialize<PipelineRecord>(File.ReadAllText(path), Json) is { } record) return record;
        }
        catch (JsonException)
        {
            // as damaged as an empty one
        }
        throw new TrainingFailedException($"{path} is damaged: delete its folder, and the run is made again.");
    }
}
