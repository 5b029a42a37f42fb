using System.Diagnostics.CodeAnalysis;

namespace EmotionMLNet;

/// <summary>What became of one file: a prediction, or the exception that says why there is none.</summary>
public sealed record FileResult
{
    /// <summary>A file that was classified.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="prediction">What the model says.</param>
    public FileResult(string path, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(prediction);
        Path = path;
        Prediction = prediction;
    }

    /// <summary>A file that could not be classified.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="exception">Why not.</param>
    public FileResult(string path, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(exception);
        Path = path;
        Exception = exception;
    }

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>Null if the file could not be read, or the model's scores for it are no numbers.</summary>
    public Prediction? Prediction { get; }

    /// <summary>Why there is no prediction: an <see cref="EmotionMLNetException"/>, an <see cref="IOException"/> or an
    /// <see cref="UnauthorizedAccessException"/>; null if there is one.</summary>
    public Exception? Exception { get; }

    /// <summary>Whether there is a prediction.</summary>
    [MemberNotNullWhen(true, nameof(Prediction))]
    [MemberNotNullWhen(false, nameof(Exception), nameof(Error))]
    public bool IsClassified => Prediction is not null;

    /// <summary>The exception's message in one line; null if there is a prediction.</summary>
    public string? Error => Exception?.Message.ReplaceLineEndings(" ");
}
