using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmotionMLNet.Training.Options;

/// <summary>
/// Settings files as earlier versions wrote them: all names on one level, and numbers that meant "not given". They are still read, from
/// files and from the manifests of models.
/// </summary>
internal static class FormerSettings
{
    private static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal);

    // What such a value meant was "the architecture's own", "all", "never" or "none".
    private static readonly HashSet<string> NothingAtZero =
    [
        "network.width",
        "network.height",
        "network.channels",
        "network.squeezeReduction",
        "threads",
        "optimisation.patience",
        "optimisation.clipNorm",
        "fineTuning.unfreezeEvery",
        "fineTuning.head.units",
    ];

    static FormerSettings()
    {
        Add("data", "labels", "splitSeed", "validationFraction", "testFraction", "similarTogether", "strict");
        Add("network", "architecture", "width", "height", "channels", "resize", "widths", "widthMultiplier", "dropout");
        Add(
            "optimisation",
            "epochs",
            "time",
            "batchSize",
            "learningRate",
            "optimiser",
            "momentum",
            "weightDecay",
            "schedule",
            "warmUp",
            "gamma",
            "gammaEvery",
            "clipNorm",
            "sharpness",
            "weightAverage",
            "metric",
            "patience",
            "minDelta"
        );
        Add("loss", "labelSmoothing", "classWeights");
        Add("trainingSet", "exclude", "dropLeaks", "balance", "softLabels", "softWeight", "auxiliary", "auxiliaryWeight");
        Add("fineTuning", "from", "backbone", "weights", "head", "freeze", "unfreezeEvery", "layerDecay", "freezeNorm");
        Add("output", "calibrate", "zipWeights", "licence");
        Paths["data"] = "data.path";
        Paths["loss"] = "loss.kind";

        void Add(string group, params string[] names)
        {
            foreach (string name in names) Paths[name] = $"{group}.{name}";
        }
    }

    /// <summary>Brings settings into the form of today.</summary>
    /// <param name="file">Either form; not changed.</param>
    /// <param name="renamed">The names that are called otherwise now, each with its path.</param>
    public static JsonObject Upgrade(JsonObject file, out IReadOnlyList<(string Name, string Path)> renamed)
    {
        var names = new List<(string, string)>();
        renamed = names;
        if (!file.Any(IsFormer)) return file;
        var now = new JsonObject();
        foreach (KeyValuePair<string, JsonNode?> setting in file)
        {
            if (setting is ("blocks", JsonObject blocks)) Blocks(blocks);
            else if (setting is ("distillation", JsonObject teachers)) Distillation(teachers);
            else if (IsFormer(setting) && Paths.TryGetValue(setting.Key, out string? path)) Put(path, setting.Value, setting.Key);
            else Put(setting.Key, setting.Value, null);
        }
        return now;

        void Blocks(JsonObject blocks)
        {
            foreach ((string name, JsonNode? value) in blocks)
                Put(name == "kind" ? "network.blocks" : $"network.{name}", value, $"blocks.{name}");
        }

        void Distillation(JsonObject teachers)
        {
            foreach ((string name, JsonNode? value) in teachers)
            {
                bool isFormer = name is "weight" or "temperature" or "views";
                string path = isFormer ? $"distillation.teacher{char.ToUpperInvariant(name[0])}{name[1..]}" : $"distillation.{name}";
                Put(path, value, isFormer ? $"distillation.{name}" : null);
            }
        }

        void Put(string path, JsonNode? value, string? former)
        {
            if (former is not null) names.Add((former, path));
            if (value is JsonObject inner && path == "fineTuning.head") value = Without(inner, "units");
            if (!MeansNothing(path, value)) Set(now, path, value?.DeepClone());
        }
    }

    /// <summary>A setting by its path, in either form; null where there is none.</summary>
    public static JsonNode? Find(JsonObject settings, string path)
    {
        JsonNode? node = settings;
        foreach (string name in path.Split('.')) node = node is JsonObject group ? group[name] : null;
        return node;
    }

    private static bool IsFormer(KeyValuePair<string, JsonNode?> setting) =>
        setting.Key switch
        {
            "data" or "loss" => setting.Value is not JsonObject,
            "blocks" => true,
            "distillation" => setting.Value is JsonObject teachers
                && (teachers.ContainsKey("weight") || teachers.ContainsKey("temperature") || teachers.ContainsKey("views")),
            _ => Paths.ContainsKey(setting.Key),
        };

    private static bool MeansNothing(string path, JsonNode? value)
    {
        if (value is JsonArray { Count: 0 }) return path is "network.widths" or "network.depths";
        if (value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number || !number.TryGetValue(out double n))
            return false;
        return n == 0 ? NothingAtZero.Contains(path) : n == -1 && path == "network.dropout";
    }

    private static JsonObject Without(JsonObject head, string name)
    {
        var kept = (JsonObject)head.DeepClone();
        if (MeansNothing($"fineTuning.head.{name}", kept[name])) kept.Remove(name);
        return kept;
    }

    private static void Set(JsonObject root, string path, JsonNode? value)
    {
        string[] names = path.Split('.');
        foreach (string name in names.SkipLast(1))
        {
            if (root[name] is not JsonObject group) root[name] = group = [];
            root = group;
        }
        root[names[^1]] = value;
    }
}
