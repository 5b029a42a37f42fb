namespace EmotionMLNet.MLNet;

/// <summary>What became of a model file that was replaced.</summary>
/// <param name="ModelPath">The file.</param>
/// <param name="Error">Why it is not used, and the model before it goes on; null: it is in use.</param>
public sealed record ModelReload(string ModelPath, Exception? Error)
{
    /// <summary>Whether the new model is in use.</summary>
    public bool Succeeded => Error is null;

    /// <summary>One line for a log.</summary>
    public override string ToString()
        => Succeeded ? $"{ModelPath}: the new model is in use" : $"{ModelPath}: the former model stays in use ({Error!.Message})";
}
