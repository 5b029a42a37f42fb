using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>One training as Model Builder's run history has it.</summary>
/// <param name="Architecture">The network's name.</param>
/// <param name="Accuracy">On validation, 0 to 1; Model Builder calls it MicroAccuracy.</param>
/// <param name="Seconds">Seconds of the training; 0 where nobody knows.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Folder">Of the training pictures, a sub-folder a label; null where there is none.</param>
internal sealed record Trial(string Architecture, double Accuracy, double Seconds, int BatchSize, int Epochs, int? Seed, string? Folder)
{
    /// <summary>The training that a manifest tells of.</summary>
    /// <param name="manifest">Of the model.</param>
    /// <param name="data">The folder or table that it was trained on, with its place; null means what the manifest names.</param>
    /// <param name="seconds">Seconds of the training; null means those of the manifest.</param>
    public static Trial FromManifest(ModelManifest manifest, string? data = null, double? seconds = null) => new(
        manifest.Architecture,
        manifest.Metrics.GetValueOrDefault("validationAccuracy"),
        Math.Round(seconds ?? manifest.Training?.Seconds ?? 0, 1),
        manifest.Training?.BatchSize ?? 0,
        manifest.Training?.Epochs ?? 0,
        manifest.Training?.Seed,
        FolderOf(data ?? manifest.Training?.Data));

    // Model Builder has data in folders only: of a table it gets the folder, to which the names in it belong.
    private static string? FolderOf(string? data) =>
        data is null ? null
        : Path.GetExtension(data).Equals(".csv", StringComparison.OrdinalIgnoreCase) || File.Exists(data) ? Path.GetDirectoryName(data)
        : data;
}
