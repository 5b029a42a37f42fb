using System.Security.Cryptography;

namespace EmotionMLNet.Training.Weights;

/// <summary>
/// The folder in which weights lie: EMOTIONMLNET_WEIGHTS, or one in the user's local data. Filled by download or by hand.
/// </summary>
internal sealed class WeightStore(string folder)
{
    public const string Variable = "EMOTIONMLNET_WEIGHTS";

    public string Folder { get; } = folder;

    public static WeightStore Default =>
        new(
            Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
                ? given
                : Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                    "EmotionMLNet",
                    "weights"
                )
        );

    public string PathOf(PretrainedWeights weights) => Path.Combine(Folder, weights.File);

    /// <summary>Where weights are, by the name of published ones or as a path.</summary>
    /// <exception cref="TrainingException">They are not here; the message says how to get them.</exception>
    public string Resolve(string nameOrPath)
    {
        if (File.Exists(nameOrPath)) return nameOrPath;
        PretrainedWeights weights = PretrainedWeights.Find(nameOrPath);
        string path = PathOf(weights);
        if (!File.Exists(path))
            throw new TrainingException($"{weights.Name} is not here: fetch it by {{weights.pull}} {weights.Name}, or {ByHand(weights)}");
        Verify(weights);
        return path;
    }

    /// <exception cref="TrainingException">The file is not the published one.</exception>
    public void Verify(PretrainedWeights weights)
    {
        string hash = Hash(PathOf(weights));
        if (!hash.StartsWith(weights.Sha256Prefix, StringComparison.Ordinal))
            throw new TrainingFailedException(
                $"{PathOf(weights)} is not the published file: its SHA-256 begins with {hash[..8]}, not {weights.Sha256Prefix}. "
                    + "Delete it and fetch it again."
            );
    }

    public string ByHand(PretrainedWeights weights) => $"put {weights.Location} as {PathOf(weights)}";

    public static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
