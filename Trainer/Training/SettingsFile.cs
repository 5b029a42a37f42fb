using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EmotionMLNet.Trainer.Training;

/// <summary>Training settings as JSON: read to start or resume a run, written beside every model.</summary>
internal static class SettingsFile
{
    public const string FileName = "settings.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true, // null is refused here rather than met later
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>All settings, indented.</summary>
    public static string Write(TrainingOptions options) => JsonSerializer.Serialize(options, Json) + "\n";

    /// <summary>The same as a document for the model's manifest.</summary>
    public static JsonElement ToElement(TrainingOptions options) => JsonSerializer.SerializeToElement(options, Json);

    /// <summary>Lays the settings of a file over others; the file may hold some or all.</summary>
    /// <exception cref="UserException">The file is missing, not JSON, or has a setting that does not exist.</exception>
    public static TrainingOptions Overlay(TrainingOptions under, string path)
    {
        try
        {
            JsonObject merged = JsonSerializer.SerializeToNode(under, Json)!.AsObject();
            JsonNode? file = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach ((string name, JsonNode? value) in file?.AsObject() ?? []) merged[name] = value?.DeepClone();
            return merged.Deserialize<TrainingOptions>(Json)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The architecture and data that a file names, if any.</summary>
    public static (string? Architecture, string? Data) Peek(string path)
    {
        try
        {
            var file = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject;
            return ((string?)file?["architecture"], (string?)file?["data"]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
