using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Preprocessing;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Training.Options;

/// <summary>Training settings as JSON: read to start or resume a run, written beside every model.</summary>
internal static class SettingsFile
{
    public const string FileName = "settings.json";

    private const int LargestFile = 1 << 20;

    private const string Form = """settings are a JSON object, { "optimisation": { "epochs": 20 }, ... }.""";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true, // they follow from the others
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
            new TextConverter<TimeSpan>(ReadTime, time => time.ToString("c", CultureInfo.InvariantCulture)),
            new TextConverter<Freezing>(Freezing.Parse, freezing => freezing.ToString()),
            new TextConverter<LossFunction>(LossFunction.Parse, loss => loss.ToString()),
            new TextConverter<ClassWeighting>(ClassWeighting.Parse, weights => weights.ToString()),
            new TextConverter<TestTimeAugmentation>(DistillationOptions.ParseViews, views => views.ToString()),
            new LabelsConverter(),
        },
    };

    /// <summary>All settings, indented.</summary>
    public static string Write(TrainingOptions options) => JsonSerializer.Serialize(options, Json) + "\n";

    /// <summary>The same as a document for the model's manifest.</summary>
    public static JsonElement ToElement(TrainingOptions options) => JsonSerializer.SerializeToElement(options, Json);

    /// <summary>A choice as a settings file names it: "one-cycle".</summary>
    public static string NameOf(Enum choice) => JsonSerializer.SerializeToElement(choice, choice.GetType(), Json).GetString()!;

    /// <summary>The settings that a file holds: some or all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">Notes on settings that are called otherwise now.</param>
    /// <exception cref="TrainingException">
    /// The file is missing, not a JSON object, or has a setting that does not exist; one line names it.
    /// </exception>
    public static JsonObject Read(string path, out IReadOnlyList<string> notes)
    {
        (JsonObject file, notes) = ReadObject(path, Form, root => Understand(root, path));
        return file;
    }

    private static (JsonObject File, IReadOnlyList<string> Notes) Understand(JsonObject file, string path)
    {
        file = FormerSettings.Upgrade(file, out IReadOnlyList<(string Name, string Path)> renamed);
        IReadOnlyList<string> notes =
            renamed.Count == 0
                ? []
                : [$"{path} has names of an earlier version: {string.Join(", ", renamed.Select(r => $"{r.Name} is {r.Path} now"))}"];
        string[] unknown = [.. Unknown(file, JsonSerializer.SerializeToNode(Example, Json)!.AsObject(), "")];
        if (unknown.Length > 0) throw new TrainingException($"{path}: there is no setting {string.Join(", ", unknown)}.");
        CheckNumbers(file, "", path);
        return (file, notes);
    }

    /// <summary>Reads a file that holds a JSON object; comments and trailing commas are allowed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="form">What such a file looks like, a sentence for messages.</param>
    /// <param name="understand">Makes the result; what it throws of JSON and arguments becomes a line too.</param>
    /// <exception cref="TrainingException">The file is missing or not such an object; one line says where.</exception>
    public static T ReadObject<T>(string path, string form, Func<JsonObject, T> understand)
    {
        string text = "";
        try
        {
            text = ReadText(path);
            if (string.IsNullOrWhiteSpace(text)) throw new TrainingException($"{path}: the file is empty: {form}");
            JsonNode? root = JsonNode.Parse(
                text,
                documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            if (root is not JsonObject file) throw new TrainingException($"{path}: {form}");
            Prepare(file);
            return understand(file);
        }
        catch (JsonException e)
        {
            string what = e.Message.ReplaceLineEndings(" ").Split(" LineNumber:")[0].TrimEnd('.', ' ');
            throw new TrainingException(
                $"{path}: line {e.LineNumber + 1}{FindLastSetting(text)}: {what}; numbers are written as in 0.001 and 1000"
            );
        }
        catch (Exception e) when (e is UnusableFileException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            string what = e.Message.ReplaceLineEndings(" ");
            throw new TrainingException(what.StartsWith(path, StringComparison.Ordinal) ? what : $"{path}: {what}");
        }
    }

    /// <summary>Every setting by its path, with the C# type of its value.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds { get; } = FindKinds();

    private static Dictionary<string, Type> FindKinds()
    {
        Json.MakeReadOnly(populateMissingResolver: true);
        var kinds = new Dictionary<string, Type>(StringComparer.Ordinal);
        Collect(typeof(TrainingOptions), "");
        return kinds;

        void Collect(Type record, string prefix)
        {
            foreach (JsonPropertyInfo property in Json.GetTypeInfo(record).Properties)
            {
                if (property.Set is null) continue;
                Type kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                kinds.Add(prefix + property.Name, kind);
                if (Json.GetTypeInfo(kind).Kind == JsonTypeInfoKind.Object) Collect(kind, $"{prefix}{property.Name}.");
            }
        }
    }

    // Settings come from anywhere: a pipe would block, a device never end.
    private static string ReadText(string path)
    {
        using SafeFileHandle file = RegularFile.Open(path, LargestFile);
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
        return reader.ReadToEnd();
    }

    // The setting that was read last before the text was no JSON any more.
    private static string FindLastSetting(string text)
    {
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        string name = "";
        try
        {
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.PropertyName) name = $", at '{reader.GetString()}'";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Here it ends.
        }
        return name;
    }

    // Touches every member: a name that stands twice is found now.
    private static void Prepare(JsonNode? node)
    {
        if (node is JsonObject members) foreach ((_, JsonNode? value) in members) Prepare(value);
        else if (node is JsonArray items) foreach (JsonNode? item in items) Prepare(item);
    }

    /// <summary>Lays the settings of a file over others.</summary>
    /// <param name="under">Stay where the file is silent.</param>
    /// <param name="file">Settings that <see cref="Read"/> returned.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="TrainingException">A value is not of its setting's kind.</exception>
    public static TrainingOptions Overlay(TrainingOptions under, JsonObject file, string path)
    {
        JsonObject merged = JsonSerializer.SerializeToNode(under, Json)!.AsObject();
        Merge(file, merged);
        try
        {
            return merged.Deserialize<TrainingOptions>(Json)!;
        }
        catch (JsonException e)
        {
            string name = e.Path?.TrimStart('$', '.') ?? "";
            string remedy = e.InnerException is FormatException format ? $": {format.Message}" : "";
            throw new TrainingException($"{path}: {name} cannot be {Shown(merged, name)}{remedy}.");
        }
    }

    // A list of augmentations, like a head, is given whole: what it leaves out is off.
    private static void Merge(JsonObject file, JsonObject under)
    {
        foreach ((string name, JsonNode? value) in file)
        {
            if (value is JsonObject group && under[name] is JsonObject known && name is not ("augmentation" or "head")) Merge(group, known);
            else under[name] = value?.DeepClone();
        }
    }

    // JSON has larger numbers than floats do, and those would become infinite.
    private static void CheckNumbers(JsonNode? node, string name, string path)
    {
        if (node is JsonObject members)
            foreach ((string key, JsonNode? value) in members) CheckNumbers(value, name.Length == 0 ? key : $"{name}.{key}", path);
        else if (node is JsonArray items)
            foreach (JsonNode? item in items)
                CheckNumbers(item, name, path);
        else if (
            node is JsonValue number
            && number.GetValueKind() == JsonValueKind.Number
            && !(
                double.TryParse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && Math.Abs(value) <= float.MaxValue
            )
        )
            throw new TrainingException($"{path}: {name} cannot be {number.ToJsonString()}: that is too large.");
    }

    // What stands at a path like augmentation.rotate or widths[1], with a remedy where it is known.
    private static string Shown(JsonObject all, string name)
    {
        JsonNode? node = all;
        foreach (string part in name.Split('.'))
        {
            if (node is not JsonObject members || !members.TryGetPropertyValue(part.Split('[')[0], out JsonNode? value)) break;
            node = value;
        }
        if (node is null) return "null: leave it away";
        string text = node.ToJsonString();
        if (node is not JsonValue single || single.GetValueKind() != JsonValueKind.String) return text;
        string written = (string)single!;
        if (Numbers.Read<double>(written, out _) is not { } problem) return $"{text}: numbers stand without quotes";
        return problem.Contains("decimal comma", StringComparison.Ordinal)
            ? $"{text}: write {written.Replace(',', '.')} without quotes"
            : text;
    }

    /// <summary>A text setting of a file, or null.</summary>
    /// <exception cref="TrainingException">It is not a text.</exception>
    public static string? Text(JsonObject file, string setting, string path) => FormerSettings.Find(file, setting) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => (string?)value,
        JsonNode other => throw new TrainingException($"{path}: {setting} cannot be {other.ToJsonString()}."),
    };

    private static TrainingOptions Example
    {
        get
        {
            TrainingOptions usual = TrainingDefaults.For("", "");
            return usual with { FineTuning = usual.FineTuning with { Head = new HeadOptions() } };
        }
    }

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
        string? near = known
            .Select(k => k.Key)
            .FirstOrDefault(k =>
                k.Equals(name, StringComparison.OrdinalIgnoreCase)
                || k.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                || name.StartsWith(k, StringComparison.OrdinalIgnoreCase)
            );
        return near is null ? $" (there are {string.Join(", ", known.Select(k => k.Key))})" : $" (did you mean '{near}'?)";
    }

    // As people write it, or as .NET does.
    private static TimeSpan ReadTime(string text) =>
        Duration.Read(text)
        ?? (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan written) ? written : Duration.Parse(text));

    /// <summary>A setting that is written as a text.</summary>
    private sealed class TextConverter<T>(Func<string, T?> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String) throw new JsonException();
            try
            {
                return parse(reader.GetString()!);
            }
            catch (FormatException e)
            {
                throw new JsonException(null, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
    }

    /// <summary>Labels as a list, or as the text that a command line has.</summary>
    private sealed class LabelsConverter : JsonConverter<IReadOnlyList<string>>
    {
        public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String) return JsonSerializer.Deserialize<string[]>(ref reader);
            try
            {
                return LabelList.Read(reader.GetString()!);
            }
            catch (FormatException e)
            {
                throw new JsonException(null, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray());
    }
}
