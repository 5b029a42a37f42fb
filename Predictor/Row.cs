using System.Globalization;

namespace EmotionMLNet.Predictor;

/// <summary>A file in the output, or one of the faces in it.</summary>
/// <param name="Path">The path as it was enumerated.</param>
/// <param name="Class">Number of the label in the model's order; the number of labels for "uncertain"; <see cref="Unread"/> or
/// <see cref="WithoutFace"/> without a label.</param>
/// <param name="Label">Predicted label, "uncertain", or empty without one.</param>
/// <param name="Confidence">Probability of the most probable class; null without a label.</param>
/// <param name="Scores">A probability a class, in the model's order; empty without a label.</param>
/// <param name="Error">Why it could not be read, or null.</param>
internal sealed record Row(string Path, int Class, string Label, float? Confidence, IReadOnlyList<LabelScore> Scores, string? Error)
{
    /// <summary>The label below the threshold.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>What is said of a picture in which faces were looked for and none was found; never a label.</summary>
    public const string NoFace = "no face";

    /// <summary>What stands for a class where there is none.</summary>
    public const int Unread = -1, WithoutFace = -2;

    /// <summary>Where the label was read; null where it is that of the whole picture, or there is none.</summary>
    public FoundFace? Face { get; init; }

    /// <summary>What became of the file, in a word or two.</summary>
    public string State => Class switch
    {
        Unread => "not read",
        WithoutFace => NoFace,
        _ => Face is null ? "whole picture" : "face",
    };

    /// <summary>The rows of a file, at least one: one of the whole, or one for each face, the largest first.</summary>
    public static IReadOnlyList<Row> Of(FileResult result, float threshold)
    {
        if (result.Prediction is not { } p) return [Failed(result.Path, FoundFile.Reason(result.Path, result.Error!))];
        if (!p.HasFace) return [new Row(result.Path, WithoutFace, "", null, [], null)];
        if (p.Faces.Count == 0) return [Labelled(result.Path, p, threshold)];
        return
        [
            .. p.Faces.Select((f, i) =>
                Labelled(result.Path, f.Prediction, threshold) with { Face = new FoundFace(i + 1, f.Face.Box, f.Face.Score) }
            ),
        ];
    }

    /// <summary>A row without a label.</summary>
    public static Row Failed(string path, string reason) => new(path, Unread, "", null, [], reason);

    /// <summary>A probability with six decimals, whatever the culture.</summary>
    public static string Number(float value) => value.ToString("0.000000", CultureInfo.InvariantCulture);

    private static Row Labelled(string path, Prediction p, float threshold)
    {
        if (p.Confidence < threshold) return new Row(path, p.Scores.Count, Uncertain, p.Confidence, p.Scores, null);
        int best = 0;
        while (p.Scores[best] != p.Best) best++;
        return new Row(path, best, p.Label, p.Confidence, p.Scores, null);
    }
}
