using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// A search as JSON: what a store knows it by, and what a worker elsewhere reads it from. Two searches of one plan decide the same.
/// </summary>
internal static class SearchPlan
{
    /// <summary>Name of the fact.</summary>
    public const string Fact = "plan";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes a plan; the folder and the workers are no part of it.</summary>
    public static string Write(SearchOptions options)
    {
        SearchLimits limits = options.Limits;
        return new JsonObject
        {
            ["tuner"] = NameOf(options.Tuner),
            ["stopsEarly"] = options.StopsEarly,
            ["seed"] = options.Seed,
            ["budgetSeconds"] = options.Budget?.TotalSeconds,
            ["trials"] = options.Trials,
            ["seeds"] = options.Seeds,
            ["limits"] = new JsonObject
            {
                ["latencyMilliseconds"] = limits.Latency?.TotalMilliseconds,
                ["fileBytes"] = limits.FileBytes,
                ["parameters"] = limits.Parameters,
                ["trainingBytes"] = limits.TrainingBytes,
            },
            ["arms"] = new JsonArray(
                [
                    .. options.Arms.Select(a => new JsonObject
                    {
                        ["name"] = a.Name,
                        ["isNetwork"] = a.IsNetwork,
                        ["settings"] = JsonNode.Parse(SettingsFile.Write(a.Defaults)),
                        ["space"] = JsonNode.Parse(SpaceFile.Write(a.Space)),
                    }),
                ]
            ),
            ["likes"] = new JsonArray(
                [
                    .. options.Likes.Select(l => new JsonObject
                    {
                        ["arm"] = l.Arm,
                        ["point"] = new JsonArray([.. l.Point.Select(u => JsonValue.Create(u))]),
                    }),
                ]
            ),
        }.ToJsonString(Indented);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The plan.</param>
    /// <param name="folder">Folder of the search.</param>
    /// <param name="findTrainer">The trainer of an arm that is no network of ours, by name.</param>
    /// <exception cref="TrainingException">It is no plan, or of a version that this program does not know.</exception>
    public static SearchOptions Read(string json, string folder, Func<string, TrainingOptions, ICandidateTrainer> findTrainer)
    {
        try
        {
            JsonObject plan = JsonNode.Parse(json)!.AsObject();
            JsonObject limits = plan["limits"]!.AsObject();
            return new()
            {
                Out = folder,
                Tuner = Enum.Parse<TunerKind>((string)plan["tuner"]!, ignoreCase: true),
                StopsEarly = (bool)plan["stopsEarly"]!,
                Seed = (int)plan["seed"]!,
                Budget = (double?)plan["budgetSeconds"] is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Trials = (int?)plan["trials"],
                Seeds = (int)plan["seeds"]!,
                Limits = new()
                {
                    Latency = (double?)limits["latencyMilliseconds"] is { } latency ? TimeSpan.FromMilliseconds(latency) : null,
                    FileBytes = (long?)limits["fileBytes"],
                    Parameters = (long?)limits["parameters"],
                    TrainingBytes = (long?)limits["trainingBytes"],
                },
                Arms = [.. plan["arms"]!.AsArray().Select(a => ReadArm(a!.AsObject(), findTrainer))],
                Likes =
                [
                    .. plan["likes"]!.AsArray().Select(l =>
                        ((string)l!["arm"]!, (IReadOnlyList<double>)[.. l["point"]!.AsArray().Select(u => (double)u!)])
                    ),
                ],
            };
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new TrainingException($"The plan of the search in {folder} is not understood: it may be of another version.");
        }
    }

    /// <summary>A tuner as command lines and plans name it.</summary>
    public static string NameOf(TunerKind tuner) => Enum.GetName(tuner)!.ToLowerInvariant();

    private static SearchArm ReadArm(JsonObject arm, Func<string, TrainingOptions, ICandidateTrainer> findTrainer)
    {
        string name = (string)arm["name"]!;
        TrainingOptions defaults = SettingsFile.Overlay(new(), arm["settings"]!.AsObject(), name);
        SearchSpace space = SpaceFile.Read(arm["space"]!.AsObject(), defaults, name);
        return (bool)arm["isNetwork"]!
            ? new(name, defaults, space)
            : new(name, defaults, space) { Trainer = findTrainer(name, defaults) };
    }
}
