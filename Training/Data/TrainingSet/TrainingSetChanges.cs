using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>An image that training does not see.</summary>
/// <param name="Image">Its source.</param>
/// <param name="Label">Its class.</param>
/// <param name="Reason">Why.</param>
internal sealed record LeftOutImage(string Image, string Label, string Reason);

/// <summary>What was changed of a training split, with counts: it goes into the log, the run folder and the model zip.</summary>
/// <param name="Notes">A sentence a change, without a full stop; empty when training sees the data as they are.</param>
/// <param name="LeftOut">The images left out, in the order of the set.</param>
/// <param name="Fingerprint">SHA-256, hex, over what was left out and over soft targets; empty without either.</param>
internal sealed record TrainingSetChanges(IReadOnlyList<string> Notes, IReadOnlyList<LeftOutImage> LeftOut, string Fingerprint)
{
    public const string FileName = "training-data.json";

    /// <summary>
    /// How notes about annotation beside the data's labels begin, wherever a later note quotes them: a start's, a teacher's.
    /// </summary>
    public const string ExtraAnnotation = "extra annotation:";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TrainingSetChanges None { get; } = new([], [], "");

    /// <summary>Notes and left-out images for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { Notes, LeftOut }, Json) + "\n";
}
