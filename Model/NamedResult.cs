using System.Diagnostics.CodeAnalysis;

namespace EmotionMLNet;

/// <summary>What became of one <see cref="NamedPicture"/>: a prediction, or the exception that says why there is none.</summary>
public sealed record NamedResult
{
    /// <summary>A picture that was classified.</summary>
    /// <param name="name">The name as given.</param>
    /// <param name="prediction">What the model says.</param>
    public NamedResult(string name, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(prediction);
        Name = name;
        Prediction = prediction;
    }

    /// <summary>A picture that could not be classified.</summary>
    /// <param name="name">The name as given.</param>
    /// <param name="exception">Why not.</param>
    public NamedResult(string name, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(exception);
        Name = name;
        Exception = exception;
    }

    /// <summary>The name as given.</summary>
    public string Name { get; }

    /// <summary>Null if the picture could not be read, or the model's scores for it are no numbers.</summary>
    public Prediction? Prediction { get; }

    /// <summary>Why there is no prediction: what decoding threw, or what opening and reading the picture's stream threw; null if there
    /// is one.</summary>
    public Exception? Exception { get; }

    /// <summary>Whether there is a prediction.</summary>
    [MemberNotNullWhen(true, nameof(Prediction))]
    [MemberNotNullWhen(false, nameof(Exception), nameof(Error))]
    public bool IsClassified => Prediction is not null;

    /// <summary>The exception's message in one line; null if there is a prediction.</summary>
    public string? Error => Exception?.Message.ReplaceLineEndings(" ");
}
