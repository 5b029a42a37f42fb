using System.Text.Json;
using EmotionMLNet.Files;

namespace EmotionMLNet.Trainer.Training.Listeners;

/// <summary>log.jsonl: one epoch a line. Written whole from the history each time, so that a resumed run has no line twice.</summary>
internal sealed class JsonLog : ITrainingListener
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void EpochDone(TrainingRun run, EpochResult result)
        => AtomicFile.WriteText(Path.Combine(run.Folder!, "log.jsonl"), string.Concat(run.Progress.History.Select(r => JsonSerializer.Serialize(r, Json) + "\n")));
}
