using EmotionMLNet.Terminal;
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
        IgnoreReadOnlyProperties = true, // they follow from the others
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>All settings, indented.</summary>
    public static string Write(TrainingOptions options) => JsonSerializer.Serialize(options, Json) + "\n";

    /// <summary>The same as a document for the model's manifest.</summary>
    public static JsonElement ToElement(TrainingOptions options) => JsonSerializer.SerializeToElement(options, Json);

    /// <summary>The settings that a file holds: some or all.</summary>
    /// <exception cref="UserException">The file is missing, not a JSON object, or has a setting that does not exist; one line names it.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (root is not JsonObject file) throw new UserException($"{path}: settings are a JSON object, {{ \"epochs\": 20, ... }}.");
            string[] unknown = [.. Unknown(file, JsonSerializer.SerializeToNode(Example, Json)!.AsObject(), "")];
            return unknown.Length == 0 ? file : throw new UserException($"{path}: there is no setting {string.Join(", ", unknown)}.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Lays the settings of a file over others.</summary>
    /// <param name="under">Stay where the file is silent.</param>
    /// <param name="file">As <see cref="Read"/> gave it.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="UserException">A value is not of its setting's kind.</exception>
    public static TrainingOptions Overlay(TrainingOptions under, JsonObject file, string path)
    {
        JsonObject merged = JsonSerializer.SerializeToNode(under, Json)!.AsObject();
        foreach ((string name, JsonNode? value) in file) merged[name] = value?.DeepClone();
        try
        {
            return merged.Deserialize<TrainingOptions>(Json)!;
        }
        catch (JsonException e)
        {
            string name = e.Path?.TrimStart('$', '.') ?? "";
            throw new UserException($"{path}: {name} cannot be {merged[name.Split('.', '[')[0]]?.ToJsonString() ?? "null"}.");
        }
    }

    /// <summary>A text setting of a file, or null.</summary>
    /// <exception cref="UserException">It is not a text.</exception>
    public static string? Text(JsonObject file, string name, string path) => file[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => (string?)value,
        JsonNode other => throw new UserException($"{path}: {name} cannot be {other.ToJsonString()}."),
    };

    private static TrainingOptions Example => TrainingDefaults.For("", "");

    private static IEnumerable<string> Unknown(JsonObject file, JsonObject known, string prefix)
    {
        foreach ((string name, JsonNode? value) in file)
        {
            if (!known.TryGetPropertyValue(name, out JsonNode? setting)) yield return $"'{prefix}{name}'{Suggestion(name, known)}";
            else if (value is JsonObject inner && setting is JsonObject innerKnown)
                foreach (string deeper in Unknown(inner, innerKnown, $"{prefix}{name}.")) yield return deeper;
        }
    }

    private static string Suggestion(string name, JsonObject known)
    {
        string? near = known.Select(k => k.Key).FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase) || k.StartsWith(name, StringComparison.OrdinalIgnoreCase) || name.StartsWith(k, StringComparison.OrdinalIgnoreCase));
        return near is null ? $" (there are {string.Join(", ", known.Select(k => k.Key))})" : $" (did you mean '{near}'?)";
    }
}
