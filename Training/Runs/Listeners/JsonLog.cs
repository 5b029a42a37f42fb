using System.Text.Json;
using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Runs.Listeners;

/// <summary>
/// log.jsonl: one epoch a line, with what it ran on; trained weights that the run began with are epoch 0, whose training figures are null.
/// </summary>
/// <remarks>
/// Lines are appended, so that <c>tail -f</c> follows the run. What a killed run left behind its checkpoint, half a line perhaps, is gone
/// when the run is resumed: the file then begins anew from the history.
/// </remarks>
internal sealed class JsonLog : ITrainingListener
{
    public const string FileName = "log.jsonl";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void OnStarted(TrainingRun run) => AtomicFile.WriteText(PathOf(run), string.Concat(run.Progress.Shown.Select(Line)));

    public void OnEpochDone(TrainingRun run, EpochResult result) => File.AppendAllText(PathOf(run), Line(result));

    private static string PathOf(TrainingRun run) => Path.Combine(run.Folder!, FileName);

    public static string Line(EpochResult result) => JsonSerializer.Serialize(result, Json) + "\n";
}
