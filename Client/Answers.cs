namespace EmotionMLNet.Client;

/// <summary>The answer to a picture.</summary>
public sealed record Answer
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The SHA-256 of the model's file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Columns of the picture as people see it.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the picture as people see it.</summary>
    public required int Height { get; init; }

    /// <summary>The expression label; null where faces were looked for and none was found.</summary>
    public string? Label { get; init; }

    /// <summary>The probability of the label.</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether the confidence is below the threshold.</summary>
    public required bool Uncertain { get; init; }

    /// <summary>Whether faces were looked for and none was found.</summary>
    public required bool NoFace { get; init; }

    /// <summary>All labels in the model's order.</summary>
    public required IReadOnlyList<Score> Scores { get; init; }

    /// <summary>The faces, the largest first; empty where none was looked for.</summary>
    public required IReadOnlyList<FoundFace> Faces { get; init; }
}

/// <summary>The probability of a label.</summary>
/// <param name="Label">The expression label.</param>
/// <param name="Value">Its probability.</param>
public sealed record Score(string Label, [property: System.Text.Json.Serialization.JsonPropertyName("score")] double Value);

/// <summary>A face of a picture.</summary>
public sealed record FoundFace
{
    /// <summary>Its place in pixels of the picture as people see it.</summary>
    public required Box Box { get; init; }

    /// <summary>How sure the detector is that it is a face.</summary>
    public required double Detection { get; init; }

    /// <summary>The expression label.</summary>
    public required string Label { get; init; }

    /// <summary>The probability of the label.</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether the confidence is below the threshold.</summary>
    public required bool Uncertain { get; init; }

    /// <summary>All labels in the model's order.</summary>
    public required IReadOnlyList<Score> Scores { get; init; }
}

/// <summary>A rectangle.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The upper edge.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public sealed record Box(double X, double Y, double Width, double Height);

/// <summary>The line of a picture of many: its answer, or why there is none.</summary>
/// <param name="Index">The picture's place, from 0.</param>
/// <param name="Answer">The answer, or null.</param>
/// <param name="Error">The problem, or null.</param>
public sealed record ManyResult(int Index, Answer? Answer, Problem? Error);

/// <summary>Why the server has no answer.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Title">One short sentence.</param>
/// <param name="Detail">What to do, or the reason.</param>
public sealed record Problem(int Status, string Title, string? Detail);

/// <summary>A model of the server.</summary>
public sealed record ModelInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 of its file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its network.</summary>
    public required string Architecture { get; init; }

    /// <summary>Its labels, in the order of the scores.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>What it may be used for, as far as that is known.</summary>
    public required string Licence { get; init; }

    /// <summary>Whether pictures are cut to faces where a request does not say.</summary>
    public required bool Faces { get; init; }

    /// <summary>Its card, Markdown; null in lists.</summary>
    public string? Card { get; init; }
}

/// <summary>The models of the server.</summary>
/// <param name="Default">The name of the model of requests that name none.</param>
/// <param name="Models">All of them, by name.</param>
public sealed record ModelList(string Default, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>Files of which no version could be served so far.</summary>
    public IReadOnlyList<FailedModel> Failed { get; init; } = [];
}

/// <summary>A file that could not be served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When it was tried last.</param>
/// <param name="Title">The reason.</param>
public sealed record FailedModel(string Name, DateTimeOffset At, string Title);
