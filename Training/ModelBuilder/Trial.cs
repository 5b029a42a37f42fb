using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>One training as Model Builder's run history has it.</summary>
/// <param name="Architecture">The network's name.</param>
/// <param name="Accuracy">On validation, 0 to 1; Model Builder calls it MicroAccuracy.</param>
/// <param name="Seconds">Seconds of the training; 0 where nobody knows.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Data">The folder, or null.</param>
internal sealed record Trial(string Architecture, double Accuracy, double Seconds, int BatchSize, int Epochs, int? Seed, string? Data)
{
    /// <summary>The training that a manifest tells of.</summary>
    public static Trial FromManifest(ModelManifest manifest, double seconds) => new(
        manifest.Architecture,
        manifest.Metrics.GetValueOrDefault("validationAccuracy"),
        seconds,
        manifest.Training?.BatchSize ?? 0,
        manifest.Training?.Epochs ?? 0,
        manifest.Training?.Seed,
        manifest.Training?.Data);
}
