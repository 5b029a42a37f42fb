using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A search space as JSON, space.json: ranges and choices under the paths of settings.</summary>
/// <remarks>
/// <code>
/// { "optimisation.optimiser": {"choices": ["sgd", "adamw"], "default": "sgd"},
///   "optimisation.learningRate": [
///     {"min": 0.005, "max": 0.3, "log": true, "default": 0.05, "when": {"optimisation.optimiser": ["sgd"]}},
///     {"min": 0.0002, "max": 0.01, "log": true, "default": 0.001, "when": {"optimisation.optimiser": ["adamw"]}}],
///   "optimisation.batchSize": 64 }
/// </code>
/// A list of ranges are alternatives; a value alone is fixed. "step", "logOfComplement" and "zeroShare" are those of
/// <see cref="UniformNumericOption"/>.
/// </remarks>
internal static class SpaceFile
{
    public const string FileName = "space.json";

    /// <summary>Most settings that may vary at once: few trainings can't tell more of them apart.</summary>
    public const int MostSettings = 8;

    private const int MostOptions = 64;

    private const string Form = """a search space is a JSON object, { "optimisation.learningRate": {"min": 0.001, "max": 0.1, ... }, ... }.""";

    private static readonly string[] NumberMembers = ["min", "max", "log", "default", "step", "logOfComplement", "zeroShare", "when"],
        ChoiceMembers = ["choices", "default", "when"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a space.</summary>
    /// <param name="path">The file.</param>
    /// <param name="defaults">The settings that points are laid over; every value must suit them.</param>
    /// <exception cref="TrainingException">The file is missing or wrong; one line has the key and says what to do.</exception>
    public static SearchSpace Read(string path, TrainingOptions defaults) =>
        SettingsFile.ReadObject(path, Form, file => Read(file, defaults, path));

    /// <summary>The file that <see cref="Read(string, TrainingOptions)"/> reads.</summary>
    /// <exception cref="ArgumentException">A condition names no choice of the space.</exception>
    public static string Write(SearchSpace space) => ToJson(space).ToJsonString(Indented) + "\n";

    /// <summary>The same as JSON.</summary>
    /// <inheritdoc cref="Write"/>
    public static JsonObject ToJson(SearchSpace space)
    {
        var file = new JsonObject();
        foreach ((string key, Parameter value) in space.Fixed) file.Add(key, value.ToJson());
        foreach (IGrouping<string, SpaceLeaf> key in space.Leaves.GroupBy(l => l.Key))
        {
            JsonObject[] options = [.. key.Select(ToJson)];
            file.Add(key.Key, options is [var single] ? single : new JsonArray(options));
        }
        return file;
    }

    /// <summary>The same of JSON that was read.</summary>
    /// <inheritdoc cref="Read(string, TrainingOptions)"/>
    public static SearchSpace Read(JsonObject file, TrainingOptions defaults, string path)
    {
        var space = new SearchSpace();
        foreach ((string key, JsonNode? value) in file)
        {
            if (!SettingsFile.Kinds.TryGetValue(key, out Type? kind) && key != TunedSettings.Strength)
                throw new TrainingException($"{path}: {key}: there is no such setting{Suggest(key)}.");
            try
            {
                JsonObject[] options = value switch
                {
                    JsonObject single => [single],
                    JsonArray { Count: > 0 } several when several.All(o => o is JsonObject) => [.. several.Select(o => o!.AsObject())],
                    _ => [],
                };
                foreach (JsonObject option in options) space.Add(key, ReadOption(option, kind ?? typeof(float)));
                if (options.Length == 0) space.AddFixed(key, Parameter.FromJson(value));
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                throw new TrainingException($"{path}: {key}: {FirstLine(e)}");
            }
            if (space.Count() > MostOptions) throw new TrainingException($"{path}: {key}: there are more than {MostOptions} ranges.");
        }
        int most = space.MostActive;
        if (most > MostSettings)
            throw new TrainingException(
                $"{path}: {most} settings vary at once, and few trainings can't tell so many apart: fix some, {MostSettings} may vary."
            );
        CheckValues(space, defaults, path);
        return space;
    }

    private static OptionBase ReadOption(JsonObject json, Type kind)
    {
        bool isChoice = json.ContainsKey("choices");
        string[] known = isChoice ? ChoiceMembers : NumberMembers;
        if (json.Select(m => m.Key).FirstOrDefault(m => !known.Contains(m)) is { } strange)
            throw new FormatException($"there is no '{strange}' here; there are {string.Join(", ", known)}.");
        if (!isChoice && !(json.ContainsKey("min") && json.ContainsKey("max"))) throw new FormatException("give min and max, or choices.");
        if (!json.TryGetPropertyValue("default", out JsonNode? first)) throw new FormatException("give a default: it is tried first.");
        OptionBase option = isChoice
            ? new ChoiceOption(ReadList(json["choices"], "choices"), Parameter.FromJson(first))
            : ReadRange(json, kind);
        return option with { When = ReadConditions(json["when"]) };
    }

    private static UniformNumericOption ReadRange(JsonObject json, Type kind)
    {
        bool log = Flag("log");
        UniformNumericOption range =
            kind == typeof(int) ? new UniformIntOption(Whole("min"), Whole("max"), log, Whole("default"))
            : kind == typeof(float) ? new UniformSingleOption((float)Number("min"), (float)Number("max"), log, (float)Number("default"))
            : kind == typeof(double) ? new UniformDoubleOption(Number("min"), Number("max"), log, Number("default"))
            : throw new FormatException("its values are no numbers: give choices.");
        if (json.ContainsKey("step")) range = range with { Step = Number("step") };
        if (json.ContainsKey("zeroShare")) range = range with { ZeroShare = Number("zeroShare") };
        return Flag("logOfComplement") ? range with { LogOfComplement = true } : range;

        double Number(string name) => json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? Parameter.FromJson(value).AsType<double>()
            : throw new FormatException($"{name} cannot be {Shown(json[name])}: give a number.");

        int Whole(string name) => Number(name) is var number && number == (int)number
            ? (int)number
            : throw new FormatException($"{name} cannot be {Shown(json[name])}: give a whole number.");

        bool Flag(string name) => json[name] switch
        {
            null => false,
            JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => (bool)value,
            var other => throw new FormatException($"{name} cannot be {Shown(other)}: give true or false."),
        };
    }

    private static Condition[] ReadConditions(JsonNode? json) => json switch
    {
        null => [],
        JsonObject all => [.. all.Select(c => new Condition(c.Key, ReadList(c.Value, "when")))],
        _ => throw new FormatException($"when cannot be {Shown(json)}: give a setting and a list of its values."),
    };

    private static Parameter[] ReadList(JsonNode? json, string name) => json is JsonArray { Count: > 0 } items
        ? [.. items.Select(Parameter.FromJson)]
        : throw new FormatException($"{name} cannot be {Shown(json)}: give a list of values.");

    // Each end of a range and each choice alone, laid over the defaults, says itself what is wrong with it.
    private static void CheckValues(SearchSpace space, TrainingOptions defaults, string path)
    {
        IEnumerable<(string Key, Parameter Value)> values = space
            .Leaves.SelectMany(l => (l.Option is ChoiceOption choice ? choice.Choices : Ends(l.Option)).Select(v => (l.Key, v)))
            .Concat(space.Fixed.Select(f => (f.Key, f.Value)));
        foreach ((string key, Parameter value) in values)
        {
            TrainingOptions options;
            try
            {
                options = SettingsFile.Overlay(
                    defaults,
                    TunedSettings.ToSettings(Parameter.CreateNested(KeyValuePair.Create(key, value)), defaults),
                    path
                );
            }
            catch (Exception e) when (e is FormatException or InvalidCastException)
            {
                throw new TrainingException($"{path}: {key} cannot be {value}: {FirstLine(e)}");
            }
            if (options.FindProblems().FirstOrDefault(p => p.Path == key) is { } problem)
                throw new TrainingException($"{path}: {problem.Template}");
        }
    }

    private static Parameter[] Ends(OptionBase range) =>
        [range.SampleFromFeatureSpace([0]), range.SampleFromFeatureSpace([1])];

    private static JsonObject ToJson(SpaceLeaf leaf)
    {
        var json = new JsonObject();
        if (leaf.Option is ChoiceOption choice) json["choices"] = new JsonArray([.. choice.Choices.Select(c => c.ToJson())]);
        else if (leaf.Option is UniformNumericOption range)
        {
            json["min"] = range.Min;
            json["max"] = range.Max;
            if (range.LogBase) json["log"] = true;
            if (range.LogOfComplement) json["logOfComplement"] = true;
            if (range.Step is { } step) json["step"] = step;
            if (range.ZeroShare > 0) json["zeroShare"] = range.ZeroShare;
        }
        json["default"] = leaf.Option.DefaultValue.ToJson();
        if (leaf.When.Count > 0)
            json["when"] = new JsonObject(
                leaf.When.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Key, new JsonArray([.. c.Values.Select(v => v.ToJson())])))
            );
        return json;
    }

    private static string Suggest(string key) =>
        SettingsFile.Kinds.Keys.FirstOrDefault(k =>
            k.Equals(key, StringComparison.OrdinalIgnoreCase) || k.EndsWith("." + key, StringComparison.OrdinalIgnoreCase)
        ) is { } near ? $" (did you mean {near}?)" : "";

    private static string Shown(JsonNode? json) => json?.ToJsonString() ?? "null";

    // Exceptions of arguments have a second line with the argument's name.
    private static string FirstLine(Exception e) => e.Message.Split(" (Parameter")[0].Split('\n')[0];
}
