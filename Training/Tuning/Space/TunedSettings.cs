using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A point of a search space as settings that are laid over the defaults: what a settings file holds.</summary>
internal static class TunedSettings
{
    /// <summary>
    /// The one key that is no setting: a factor on what the defaults change of pictures, geometry and light, so that one number tells how
    /// strong augmentation is.
    /// </summary>
    public const string Strength = "augmentation.strength";

    /// <summary>The key of the head, whose values are texts as <see cref="HeadOptions.Parse"/> reads them.</summary>
    public const string Head = "fineTuning.head";

    private const string Augmentation = "augmentation";

    /// <summary>The settings of a point.</summary>
    /// <param name="point">Parameters under the paths of settings.</param>
    /// <param name="defaults">What they will be laid over: augmentation and head are given whole, so they come from here.</param>
    /// <exception cref="FormatException">A head is not understood.</exception>
    public static JsonObject ToSettings(Parameter point, TrainingOptions defaults)
    {
        var settings = new JsonObject();
        if (point.TryGetValue(Augmentation, out _))
        {
            float strength = point.TryGetValue(Strength, out Parameter? factor) ? factor.AsType<float>() : 1;
            Put(settings, Augmentation, Whole(defaults with { Augmentation = Scale(defaults.Augmentation, strength) }, Augmentation));
        }
        string[] keys = [.. point.Keys];
        if (keys.Contains(Head))
            Put(settings, Head, Whole(WithHead(defaults, HeadOptions.Parse(point[Head].AsType<string>())), "fineTuning", "head"));
        else if (keys.Any(k => k.StartsWith(Head + ".", StringComparison.Ordinal)))
            Put(settings, Head, Whole(WithHead(defaults, defaults.FineTuning.Head ?? new()), "fineTuning", "head"));
        foreach (string key in keys)
            if (key is not (Strength or Head)) Put(settings, key, point[key].ToJson());
        return settings;
    }

    private static TrainingOptions WithHead(TrainingOptions defaults, HeadOptions head) =>
        defaults with { FineTuning = defaults.FineTuning with { Head = head } };

    private static AugmentationOptions Scale(AugmentationOptions usual, float factor) =>
        usual with
        {
            Rotate = Math.Min(180, usual.Rotate * factor),
            Shift = Math.Min(1, usual.Shift * factor),
            Scale = Math.Min(0.9f, usual.Scale * factor),
            Aspect = Math.Min(3, usual.Aspect * factor),
            Brightness = Math.Min(1, usual.Brightness * factor),
            Contrast = Math.Min(1, usual.Contrast * factor),
            Sharpness = Math.Min(1, usual.Sharpness * factor),
        };

    private static JsonObject? Whole(TrainingOptions options, params string[] path)
    {
        JsonElement element = SettingsFile.ToElement(options);
        foreach (string part in path) element = element.GetProperty(part);
        return JsonObject.Create(element);
    }

    private static void Put(JsonObject settings, string key, JsonNode? value)
    {
        string[] parts = key.Split('.');
        JsonObject record = settings;
        foreach (string part in parts[..^1])
        {
            if (record[part] is not JsonObject inner) record[part] = inner = [];
            record = inner;
        }
        record[parts[^1]] = value;
    }
}
