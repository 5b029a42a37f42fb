using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>The recommended settings as a settings file: what starts the network, what was tuned, and what else is not as usual.</summary>
/// <remarks>
/// Data, seeds, threads and the number of epochs are not in it: they are the user's. Whoever reads it over
/// <see cref="TrainingDefaults"/> has the trial's recipe.
/// </remarks>
internal static class BestJson
{
    public const string FileName = "best.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly string[] Users =
    [
        "data", "seed", "threads", "optimisation.epochs", "optimisation.time", "optimisation.patience", "network.architecture",
    ];

    public static string Write(TuningResult result, int? trial = null)
    {
        TrialProposal? proposal = result.State.Trials.ElementAtOrDefault(trial ?? result.Recommended)?.Proposal;
        SearchArm arm = proposal is null ? result.Options.Arms[0] : result.Options.ArmOf(proposal.Arm);
        // What is no network of ours has a name for --architecture of 'compare', and no settings.
        if (!arm.IsNetwork)
            return new JsonObject { ["network"] = new JsonObject { ["architecture"] = arm.Name } }.ToJsonString(Indented) + "\n";
        TrainingOptions found = arm.CreateOptions(proposal?.Settings ?? "{}", seed: 1, epochs: null);
        TrainingOptions usual = TrainingDefaults.For(found.Network.Architecture, "");
        usual = TrainingDefaults.FitWarmUp(
            usual with
            {
                Optimisation = usual.Optimisation with { Epochs = found.Optimisation.Epochs },
            }
        );
        var always = new HashSet<string>(StringComparer.Ordinal);
        Collect(JsonNode.Parse(proposal?.Settings ?? "{}")!.AsObject(), "", always);
        // Left away, these would be those of a start from trained weights.
        if (found.FineTuning.HasWeights) always.UnionWith(["optimisation.learningRate", "optimisation.weightAverage"]);
        // A model brings its network with it.
        JsonObject file = found.FineTuning.Start is null
            ? new() { ["network"] = new JsonObject { ["architecture"] = found.Network.Architecture } }
            : [];
        Pick(SettingsFile.ToElement(found), SettingsFile.ToElement(usual), "", file, always);
        return file.ToJsonString(Indented) + "\n";
    }

    private static void Pick(JsonElement found, JsonElement usual, string prefix, JsonObject file, HashSet<string> always)
    {
        foreach (JsonProperty member in found.EnumerateObject())
        {
            string path = prefix + member.Name;
            if (Users.Contains(path)) continue;
            JsonElement other = usual.GetProperty(member.Name);
            if (!IsWhole(path) && member.Value.ValueKind == JsonValueKind.Object && other.ValueKind == JsonValueKind.Object)
            {
                bool isThere = file[member.Name] is JsonObject;
                JsonObject inner = isThere ? file[member.Name]!.AsObject() : [];
                Pick(member.Value, other, path + ".", inner, always);
                if (!isThere && inner.Count > 0) file[member.Name] = inner;
            }
            else if (always.Contains(path) || !JsonElement.DeepEquals(member.Value, other))
                file[member.Name] = JsonSerializer.SerializeToNode(member.Value);
        }
    }

    private static void Collect(JsonObject settings, string prefix, HashSet<string> paths)
    {
        foreach ((string name, JsonNode? value) in settings)
        {
            if (value is JsonObject inner && !IsWhole(prefix + name)) Collect(inner, $"{prefix}{name}.", paths);
            else paths.Add(prefix + name);
        }
    }

    // Settings files give these whole: what is left out of them is off.
    private static bool IsWhole(string path) => path is "augmentation" or "fineTuning.head";
}
