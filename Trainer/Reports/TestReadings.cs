using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Files;
using EmotionMLNet.Trainer.Metrics;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>
/// The record of every evaluation on a test split, a line of JSON each, beside the model: a figure that was looked at ten times is
/// no longer a test figure, and a reader must be able to see that.
/// </summary>
internal static class TestReadings
{
    /// <summary>model.zip is accompanied by model.test-readings.jsonl.</summary>
    public static string PathFor(string modelPath) => Path.ChangeExtension(modelPath, ".test-readings.jsonl");

    /// <summary>Appends a line, and one more for a reading with test-time augmentation.</summary>
    /// <returns>How many readings of this very split by this very model there are now, this one included.</returns>
    public static int Add(Evaluation evaluation, TimeProvider time)
    {
        string path = PathFor(evaluation.ModelPath), model = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(evaluation.ModelPath)));
        string[] before = File.Exists(path) ? File.ReadAllLines(path) : [];
        List<string> lines = [.. before, Line("none", evaluation.Report)];
        if (evaluation.Augmented is { } augmented) lines.Add(Line(augmented.Augmentation.ToString(), augmented.Report));
        AtomicFile.WriteText(path, string.Concat(lines.Select(l => l + "\n")));
        return lines.Count(l => IsSame(l, model, evaluation.Manifest.OnnxSha256, evaluation.DataFingerprint));

        string Line(string tta, ClassificationReport report) => new JsonObject
        {
            ["at"] = time.GetUtcNow().ToString("O"),
            ["modelSha256"] = model,
            ["onnxSha256"] = evaluation.Manifest.OnnxSha256,
            ["dataFingerprint"] = evaluation.DataFingerprint,
            ["split"] = evaluation.Images.Name,
            ["testTimeAugmentation"] = tta,
            ["images"] = report.Images,
            ["accuracy"] = report.Accuracy,
            ["macroF1"] = report.MacroF1,
        }.ToJsonString();
    }

    // A zip that says more about the same weights, such as these figures, is still the same model.
    private static bool IsSame(string line, string model, string? network, string fingerprint)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject o && (string?)o["dataFingerprint"] == fingerprint && ((string?)o["modelSha256"] == model || (network is not null && (string?)o["onnxSha256"] == network));
        }
        catch (JsonException)
        {
            return false; // somebody edited the file; what is no record does not count as one
        }
    }
}
