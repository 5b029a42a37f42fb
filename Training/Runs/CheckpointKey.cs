using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What a checkpoint must agree with: settings that change the course of a run, the data, and what the source says of itself. Other threads
/// change bits alone, which is said.
/// </summary>
internal static class CheckpointKey
{
    /// <summary>SHA-256, hex.</summary>
    public static string Compute(TrainingOptions options, BatchSource source)
    {
        // With a limit of time these follow from it.
        TrainingOptions asked = options;
        if (options.Optimisation.Time is not null)
            asked = asked with
            {
                Optimisation = asked.Optimisation with { Epochs = 0, WarmUp = 0 },
                Progressive = asked.Progressive with { Epochs = 0 },
            };
        // Where files lie is nothing; what is in them stands in the fingerprints.
        asked = asked with
        {
            Data = asked.Data with { Path = "", Detector = null },
            Faces = asked.Faces is { } faces ? faces with { Background = null } : null,
            TrainingSet = asked.TrainingSet with { Exclude = null, SoftLabels = null, Auxiliary = null },
            Threads = null,
            Distillation = asked.Distillation with { Teachers = [source.Fingerprint] },
        };
        string text = SettingsFile.Write(asked) + source.DataFingerprint;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
