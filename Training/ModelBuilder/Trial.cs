using System.Text.Json;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>One training as Model Builder's run history has it.</summary>
/// <param name="Architecture">Of the network.</param>
/// <param name="Accuracy">On validation, 0 to 1; Model Builder calls it MicroAccuracy.</param>
/// <param name="Seconds">What it took; 0 where nobody knows.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Data">The folder, or null.</param>
internal sealed record Trial(string Architecture, double Accuracy, double Seconds, int BatchSize, int Epochs, int? Seed, string? Data)
{
    public static Trial Of(ModelManifest manifest, double seconds) => new(
        manifest.Architecture,
        manifest.Metrics.GetValueOrDefault("validationAccuracy"),
        seconds,
        Number(manifest, "batchSize") ?? 0,
        Number(manifest, "epochs") ?? 0,
        Number(manifest, "seed"),
        manifest.Setting("data") is { ValueKind: JsonValueKind.String } data ? data.GetString() : null);

    private static int? Number(ModelManifest manifest, string name) => manifest.Setting(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : null;
}
