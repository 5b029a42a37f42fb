using EmotionMLNet.Training.Options;
using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Runs;

/// <summary>How the data of a run are divided where the source gives no split, and how to divide them alike later.</summary>
internal static class TrainingData
{
    /// <summary>
    /// The same division for a saved model, from the settings in its manifest: with any other, pictures that it was trained on would stand
    /// in its validation and test.
    /// </summary>
    /// <param name="manifest">One without settings, of an imported model for instance, gets the defaults.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="seed">Of the division; null takes the model's.</param>
    public static DataOptions For(ModelManifest manifest, string data, int? seed)
    {
        var standard = new DataOptions { Path = data, Labels = manifest.Labels };
        return standard with
        {
            SplitSeed = seed ?? (long?)(Number("splitSeed") ?? Number("seed")),
            ValidationFraction = Number("validationFraction") ?? standard.ValidationFraction,
            TestFraction = Number("testFraction") ?? standard.TestFraction,
            SimilarTogether = manifest.Setting("similarTogether") is { ValueKind: JsonValueKind.True },
        };

        double? Number(string name) => manifest.Setting(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
    }
}
