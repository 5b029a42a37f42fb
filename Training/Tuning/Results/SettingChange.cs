using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>A setting that a trial has otherwise than another one.</summary>
/// <param name="Path">Its path in a settings file.</param>
/// <param name="Default">As it is shown; "–" is none.</param>
/// <param name="Found">Likewise.</param>
internal sealed record SettingChange(string Path, string Default, string Found)
{
    private const string None = "–";

    /// <summary>What differs between the default, trial 0, and the winner; not data and seed, which are those of the search.</summary>
    public static IReadOnlyList<SettingChange> Read(TuningResult result)
    {
        Dictionary<string, string> usual = Flatten(0), found = Flatten(result.Winner);
        if (usual.Count == 1 || found.Count == 1) (usual, found) = (Name(usual), Name(found));
        return
        [
            .. usual
                .Keys.Union(found.Keys)
                .Select(k => new SettingChange(k, usual.GetValueOrDefault(k, None), found.GetValueOrDefault(k, None)))
                .Where(c => c.Default != c.Found)
                .OrderBy(c => c.Path, StringComparer.Ordinal),
        ];

        static Dictionary<string, string> Name(Dictionary<string, string> settings) =>
            new(settings.Where(s => s.Key == "network.architecture"), StringComparer.Ordinal);

        Dictionary<string, string> Flatten(int trial)
        {
            TrialProposal proposal = result.State.Trials[trial].Proposal;
            SearchArm arm = result.Options.ArmOf(proposal.Arm);
            // What is no network of ours is its name, and has none of these settings.
            if (!arm.IsNetwork) return new(StringComparer.Ordinal) { ["network.architecture"] = arm.Name };
            TrainingOptions options = arm.CreateOptions(proposal.Settings, seed: 1, epochs: null);
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            Collect(SettingsFile.ToElement(options with { Data = new() }), "", settings);
            return settings;
        }
    }

    /// <summary>A value of a settings file for people: numbers have four digits, lists no brackets.</summary>
    public static string Show(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => None,
            JsonValueKind.True => "on",
            JsonValueKind.False => "off",
            JsonValueKind.Number => Short(value.GetDouble()),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Show)),
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };

    /// <summary>A number with four digits that count.</summary>
    public static string Short(double number) =>
        number == 0 || Math.Abs(number) >= 1e-4 && Math.Abs(number) < 1e15
            ? ((double)Rounded(number)).ToString("0.########", CultureInfo.InvariantCulture)
            : number.ToString("0.###e0", CultureInfo.InvariantCulture);

    // Whole numbers keep all of their digits.
    private static double Rounded(double number) =>
        Math.Abs(number) >= 1000
            ? Math.Round(number)
            : double.Parse(number.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void Collect(JsonElement record, string prefix, Dictionary<string, string> settings)
    {
        foreach (JsonProperty member in record.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object) Collect(member.Value, $"{prefix}{member.Name}.", settings);
            else if (member.Value.ValueKind != JsonValueKind.Null) settings.Add(prefix + member.Name, Show(member.Value));
        }
    }
}
