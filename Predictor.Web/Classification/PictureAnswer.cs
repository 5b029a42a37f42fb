using System.Text.Json.Serialization;
using EmotionMLNet.Web.Models;

namespace EmotionMLNet.Web.Classification;

/// <summary>What is said of a picture, wherever it is said; see <see cref="Prediction"/>.</summary>
internal class PictureAnswer(Prediction prediction, float threshold)
{
    private const int Order = 10;

    /// <summary>Columns of the picture as people see it.</summary>
    [JsonPropertyOrder(Order)]
    public int Width { get; } = prediction.PictureSize.Width;

    /// <summary>Rows of the picture as people see it.</summary>
    [JsonPropertyOrder(Order + 1)]
    public int Height { get; } = prediction.PictureSize.Height;

    /// <summary>The expression label; null where faces were looked for and none was found.</summary>
    [JsonPropertyOrder(Order + 2)]
    public string? Label { get; } = prediction.HasFace ? prediction.Label : null;

    /// <summary>The probability of the label.</summary>
    [JsonPropertyOrder(Order + 3)]
    public float Confidence { get; } = prediction.Confidence;

    /// <summary>Whether the confidence is below the threshold.</summary>
    [JsonPropertyOrder(Order + 4)]
    public bool Uncertain { get; } = prediction.HasFace && prediction.Confidence < threshold;

    /// <summary>Whether faces were looked for and none was found.</summary>
    [JsonPropertyOrder(Order + 5)]
    public bool NoFace { get; } = !prediction.HasFace;

    /// <summary>All labels in the model's order.</summary>
    [JsonPropertyOrder(Order + 6)]
    public IReadOnlyList<ScoreAnswer> Scores { get; } = ScoreAnswer.Of(prediction);

    /// <summary>The faces, the largest first; empty where none was looked for.</summary>
    [JsonPropertyOrder(Order + 7)]
    public IReadOnlyList<FaceAnswer> Faces { get; } = [.. prediction.Faces.Select(f => new FaceAnswer(f, threshold))];
}

/// <summary>The answer to one picture.</summary>
internal class ClassifyAnswer(ServedModel model, Prediction prediction, float threshold) : PictureAnswer(prediction, threshold)
{
    /// <summary>Name of the model.</summary>
    [JsonPropertyOrder(2)]
    public string Model { get; } = model.Name;

    /// <summary>SHA-256 of the model's file, hexadecimal.</summary>
    [JsonPropertyOrder(3)]
    public string Sha256 { get; } = model.Sha256;
}

/// <summary>The probability of a label.</summary>
internal sealed record ScoreAnswer(string Label, float Score)
{
    public static IReadOnlyList<ScoreAnswer> Of(Prediction prediction)
        => [.. prediction.Scores.Select(s => new ScoreAnswer(s.Label, s.Probability))];
}

/// <summary>A face of a picture.</summary>
internal sealed class FaceAnswer(FacePrediction face, float threshold)
{
    /// <summary>Its place, in pixels of the picture as people see it.</summary>
    public BoxAnswer Box { get; } = new(face.Face.Box.X, face.Face.Box.Y, face.Face.Box.Width, face.Face.Box.Height);

    /// <summary>How sure the detector is that it is a face.</summary>
    public float Detection { get; } = face.Face.Score;

    /// <summary>The expression label.</summary>
    public string Label { get; } = face.Prediction.Label;

    /// <summary>The probability of the label.</summary>
    public float Confidence { get; } = face.Prediction.Confidence;

    /// <summary>Whether the confidence is below the threshold.</summary>
    public bool Uncertain { get; } = face.Prediction.Confidence < threshold;

    /// <summary>All labels in the model's order.</summary>
    public IReadOnlyList<ScoreAnswer> Scores { get; } = ScoreAnswer.Of(face.Prediction);
}

/// <summary>A rectangle.</summary>
internal sealed record BoxAnswer(float X, float Y, float Width, float Height);
