namespace EmotionMLNet;

/// <summary>What became of one file: a prediction, or the reason why there is none.</summary>
/// <param name="Path">The path as given.</param>
/// <param name="Prediction">Null if the file could not be read, or the model's scores for it are no numbers.</param>
/// <param name="Error">One line that says why; null if there is a prediction.</param>
public sealed record FileResult(string Path, Prediction? Prediction, string? Error);
