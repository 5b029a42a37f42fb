using System.Globalization;

namespace EmotionMLNet.Predictor;

/// <summary>One file in the output.</summary>
/// <param name="Path">The path as it was enumerated.</param>
/// <param name="Class">Number of the label in the model's order; the number of labels for "uncertain"; -1 without a label.</param>
/// <param name="Label">Predicted label, "uncertain", or empty if the file could not be read.</param>
/// <param name="Confidence">Probability of the most probable class; null if the file could not be read.</param>
/// <param name="Scores">A probability a class, in the model's order; empty if the file could not be read.</param>
/// <param name="Error">Why it could not be read, or null.</param>
internal sealed record Row(string Path, int Class, string Label, float? Confidence, IReadOnlyList<LabelScore> Scores, string? Error)
{
    /// <summary>The label below the threshold.</summary>
    public const string Uncertain = "uncertain";

    public static Row From(FileResult result, float threshold)
    {
        if (result.Prediction is not { } p) return Failed(result.Path, FoundFile.Reason(result.Path, result.Error!));
        if (p.Confidence < threshold) return new Row(result.Path, p.Scores.Count, Uncertain, p.Confidence, p.Scores, null);
        int best = 0;
        while (p.Scores[best] != p.Best) best++;
        return new Row(result.Path, best, p.Label, p.Confidence, p.Scores, null);
    }

    /// <summary>A row without a label.</summary>
    public static Row Failed(string path, string reason) => new(path, -1, "", null, [], reason);

    /// <summary>A probability with six decimals, whatever the culture.</summary>
    public static string Number(float value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
