namespace EmotionMLNet.MLNet;

/// <summary>The model of an <see cref="ExpressionPredictor"/>, and how it is kept up to date.</summary>
public sealed class ExpressionPredictorOptions
{
    /// <summary>The model zip.</summary>
    public string ModelPath { get; set; } = "";

    /// <summary>How pictures are read.</summary>
    public EmotionClassifierOptions Classifier { get; set; } = new();

    /// <summary>Whether a replaced file is loaded.</summary>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>
    /// Time between two looks at the file, at least a millisecond. Files are polled and not watched: shares and mounted volumes send no
    /// events.
    /// </summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Told of every replaced file, that it is in use or why it is not; for a log. Called on a thread of the pool, one call at a time.
    /// </summary>
    public Action<ModelReload>? Reloaded { get; set; }
}
