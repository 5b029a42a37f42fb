using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>One evaluation as JSON, for scripts: the names are a contract (README, "evaluate").</summary>
internal static class EvaluationJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Render(Evaluation evaluation)
    {
        ClassificationReport r = evaluation.Report;
        var root = new JsonObject
        {
            ["model"] = Path.GetFileName(evaluation.ModelPath),
            ["architecture"] = evaluation.Manifest.Architecture,
            ["parameters"] = evaluation.Parameters,
            ["split"] = evaluation.Images.Name,
            ["measured"] = evaluation.Part.Heading,
            ["origin"] = evaluation.Part.OriginName,
            ["caution"] = evaluation.Part.Caution,
            ["testTimeAugmentation"] = "none",
            ["dataFingerprint"] = evaluation.DataFingerprint,
        };
        Add(root, r);
        BaselineAccuracy baseline = evaluation.Baseline;
        root["baseline"] = new JsonObject
        {
            ["majorityLabel"] = evaluation.Manifest.Labels[baseline.MajorityClass],
            ["majorityAccuracy"] = baseline.Majority,
            ["chanceAccuracy"] = baseline.Chance,
            ["isBeaten"] = evaluation.IsAboveBaseline,
        };
        if (evaluation.Augmented is { } augmented)
        {
            var apart = new JsonObject
            {
                ["testTimeAugmentation"] = augmented.Augmentation.ToString(),
                ["views"] = augmented.Augmentation.Views,
                ["averaged"] = "probabilities",
            };
            Add(apart, augmented.Report);
            root["augmented"] = apart;
        }
        return root.ToJsonString(Indented) + "\n";
    }

    private static void Add(JsonObject to, ClassificationReport r)
    {
        to["images"] = r.Images;
        to["accuracy"] = r.Accuracy;
        to["accuracyLow"] = r.AccuracyLow;
        to["accuracyHigh"] = r.AccuracyHigh;
        to["balancedAccuracy"] = r.BalancedAccuracy;
        to["macroF1"] = r.MacroF1;
        to["logLoss"] = r.LogLoss;
        to["expectedCalibrationError"] = r.ExpectedCalibrationError;
        to["perClass"] = new JsonArray([.. r.PerClass.Select(c => new JsonObject
        {
            ["label"] = c.Label,
            ["precision"] = c.Precision,
            ["recall"] = c.Recall,
            ["f1"] = c.F1,
            ["support"] = c.Support,
        })]);
        to["confusion"] = new JsonArray([.. r.Confusion.Select(row => new JsonArray([.. row.Select(n => JsonValue.Create(n))]))]);
        to["mostConfused"] = new JsonArray([.. ConfusedPair.FindMost(r, 10).Select(p => new JsonObject
        {
            ["truth"] = p.Truth,
            ["predicted"] = p.Predicted,
            ["images"] = p.Count,
            ["share"] = p.Share,
        })]);
    }
}
