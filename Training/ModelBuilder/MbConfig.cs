using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>NAME.mbconfig, version 5: what Model Builder opens, with the run history that shows our training.</summary>
internal static class MbConfig
{
    private const string Pipeline = "e0 * e1 * e2", Metric = "MicroAccuracy", Trainer = "ImageClassificationMulti";

    /// <summary>
    /// Ours by the names that Model Builder knows: it has four networks, and would not read a fifth name.
    /// </summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["resnet50"] = "ResnetV250",
        ["mobilenet-v2"] = "MobilenetV2",
    };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Render(ModelBuilderProject project) => new JsonObject
    {
        ["Scenario"] = "ImageClassification",
        ["DataSource"] = new JsonObject { ["Type"] = "Folder", ["Version"] = 1, ["FolderPath"] = project.Trial.Folder ?? "" },
        ["Environment"] = new JsonObject { ["Type"] = "LocalCPU", ["Version"] = 1 },
        ["RunHistory"] = new JsonObject
        {
            ["Version"] = 3,
            ["Type"] = "Result",
            ["Trials"] = new JsonArray(TrialOf(project.Trial)),
            ["Estimators"] = new JsonObject { ["e0"] = "MapValueToKey", ["e1"] = Trainer, ["e2"] = "MapKeyToValue" },
            ["Schema"] = Pipeline,
            ["MetricName"] = Metric,
            ["ModelFilePath"] = project.ModelFile,
        },
        ["Type"] = "TrainingConfig",
        ["Version"] = 5,
        ["TrainingOption"] = Option(project.Trial),
    }.ToJsonString(Indented) + "\n";

    private static JsonObject TrialOf(Trial trial) => new()
    {
        ["Version"] = 1,
        ["Type"] = "Trial",
        ["TrainerName"] = Trainer,
        ["Score"] = trial.Accuracy,
        ["RuntimeInSeconds"] = trial.Seconds,
        ["Parameter"] = new JsonObject
        {
            ["_SCHEMA_"] = Pipeline,
            ["e0"] = new JsonObject
            {
                ["OutputColumnName"] = "Label",
                ["InputColumnName"] = "Label",
                ["AddKeyValueAnnotationsAsText"] = false,
            },
            ["e1"] = TrainerOf(trial),
            ["e2"] = new JsonObject { ["OutputColumnName"] = "PredictedLabel", ["InputColumnName"] = "PredictedLabel" },
        },
    };

    private static JsonObject TrainerOf(Trial trial)
    {
        var trainer = new JsonObject
        {
            ["LabelColumnName"] = "Label",
            ["ScoreColumnName"] = "Score",
            ["FeatureColumnName"] = "ImageSource",
        };
        if (Known.TryGetValue(trial.Architecture, out string? name)) trainer["Arch"] = name;
        trainer["BatchSize"] = trial.BatchSize;
        trainer["Epoch"] = trial.Epochs;
        return trainer;
    }

    private static JsonObject Option(Trial trial)
    {
        var option = new JsonObject
        {
            ["Version"] = 2,
            ["Type"] = "ClassificationTrainingOption",
            ["Subsampling"] = false,
            ["TrainingTime"] = int.MaxValue,
            ["OptimizeMetric"] = Metric,
        };
        if (trial.Seed is { } seed) option["Seed"] = seed;
        option["ValidationOption"] = new JsonObject
        {
            ["Version"] = 0,
            ["Type"] = "TrainValidateSplitValidationOption",
            ["SplitRatio"] = 0.2,
        };
        return option;
    }
}
