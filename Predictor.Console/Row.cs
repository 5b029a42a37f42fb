using System.Globalization;

namespace EmotionMLNet.Predictor;

/// <summary>One file in the output.</summary>
/// <param name="Path">As enumerated.</param>
/// <param name="Label">Predicted label, "uncertain", or empty if the file could not be read.</param>
/// <param name="Confidence">Probability of the most probable class; null if the file could not be read.</param>
/// <param name="Scores">A probability a class, in the model's order; empty if the file could not be read.</param>
/// <param name="Error">Why it could not be read, or null.</param>
internal sealed record Row(string Path, string Label, float? Confidence, IReadOnlyList<LabelScore> Scores, string? Error)
{
    /// <summary>The label below the threshold.</summary>
    public const string Uncertain = "uncertain";

    public static Row From(FileResult result, float threshold)
    {
        if (result.Prediction is not { } p) return new Row(result.Path, "", null, [], result.Error);
        return new Row(result.Path, p.Confidence < threshold ? Uncertain : p.Label, p.Confidence, p.Scores, null);
    }

    /// <summary>A probability with six decimals, whatever the culture.</summary>
    public static string Number(float value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
