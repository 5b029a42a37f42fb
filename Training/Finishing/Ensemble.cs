using System.Security.Cryptography;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Finishing;

/// <summary>Several model zips as one, whose probabilities are the mean of theirs.</summary>
internal static class Ensemble
{
    /// <param name="paths">Two or more model zips.</param>
    /// <param name="weights">One a member; null means equal ones.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="TrainingException">The members don't fit together.</exception>
    /// <exception cref="ModelFormatException">One of them is no model.</exception>
    public static ModelZip Join(IReadOnlyList<string> paths, IReadOnlyList<double>? weights, TimeProvider time)
    {
        weights ??= [.. paths.Select(_ => 1.0)];
        if (paths.Count < 2) throw new TrainingException("An ensemble has two or more members: give A.zip B.zip.");
        if (weights.Count != paths.Count)
            throw new TrainingException($"{{ensemble.weights}}: {weights.Count} for {paths.Count} members; give one each, in their order.");
        ModelZip[] members = [.. paths.Select(ModelFile.Load)];
        for (int i = 1; i < members.Length; i++)
            if (Difference(members[0].Manifest, members[i].Manifest) is { } difference)
                throw new TrainingException($"{paths[i]} cannot be averaged with {paths[0]}: {difference}.");
        ModelManifest first = members[0].Manifest;
        double sum = weights.Sum();
        string[] prints = [.. members.Select(m => m.Manifest.DataFingerprint ?? "").Distinct()];
        var network = NetworkEnsemble.Join([.. members.Select(m => m.Network)], weights);
        return new ModelZip(network, new ModelManifest
        {
            CreatedBy = ModelOrigin.CreatedBy,
            CreatedAt = ModelOrigin.FormatNow(time),
            Architecture = "ensemble:" + string.Join('+', members.Select(m => m.Manifest.Architecture)),
            Labels = first.Labels,
            Head = network.Head,
            Preprocessing = first.Preprocessing,
            InputMode = first.InputMode,
            Weights = members.Select(m => m.Manifest.Weights).Distinct().ToArray() is [var common] ? common : OnnxWeights.Full,
            Faces = members.Select(m => m.Manifest.Faces).FirstOrDefault(f => f is not null),
            Licence = string.Join("; ", members.Select(m => m.Manifest.Licence).Distinct()),
            DataFingerprint = prints is [{ Length: > 0 } one] ? one : null,
            TrainingNotes = [.. members.SelectMany(m => m.Manifest.TrainingNotes).Distinct()],
            Division = Division(members),
            Members = [.. members.Select((m, i) => Describe(m, paths[i], weights[i] / sum))],
        });
    }

    // So that the whole is measured on pictures that none of its members was trained on.
    private static DataDivision? Division(ModelZip[] members)
        => members.Select(m => m.Manifest.Division).Distinct().ToArray() is [{ } common] ? common : null;

    private static EnsembleMember Describe(ModelZip member, string path, double weight)
    {
        using FileStream file = File.OpenRead(path);
        return new EnsembleMember
        {
            File = Path.GetFileName(path),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
            Weight = weight,
            Architecture = member.Manifest.Architecture,
            Parameters = member.Network.ParameterCount,
            CreatedBy = member.Manifest.CreatedBy,
            CreatedAt = member.Manifest.CreatedAt,
            DataFingerprint = member.Manifest.DataFingerprint,
            Metrics = member.Manifest.Metrics,
            Calibration = member.Manifest.Calibration,
            Division = member.Manifest.Division,
            Training = member.Manifest.Training,
            Settings = member.Manifest.Settings,
        };
    }

    // One input serves all members, so they must be given the same pixels.
    private static string? Difference(ModelManifest a, ModelManifest b)
    {
        if (!a.Labels.SequenceEqual(b.Labels)) return $"its labels are {string.Join(", ", b.Labels)}, not {string.Join(", ", a.Labels)}";
        ImagePreprocessing p = a.Preprocessing, q = b.Preprocessing;
        if ((p.Width, p.Height, p.Channels) != (q.Width, q.Height, q.Channels))
            return $"it takes pictures of {q.Width} x {q.Height} x {q.Channels}, not {p.Width} x {p.Height} x {p.Channels}";
        if (a.Faces is { } cut && b.Faces is { } other && cut.Pictures != other.Pictures)
            return "one of them labels faces, and the other whole pictures";
        return p == q ? null : "it prepares pictures differently (resize, padding or normalisation)";
    }
}
