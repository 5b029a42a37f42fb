namespace EmotionMLNet.Training.Weights;

/// <summary>A published ONNX graph: what its file does not say of itself, and the package that holds it.</summary>
internal sealed record PublishedGraph
{
    /// <summary>Bytes of the file.</summary>
    public required long Length { get; init; }

    /// <summary>Mean a channel, red first, of samples scaled to [0, 1].</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation a channel, red first, of samples scaled to [0, 1].</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>Whether the graph wants blue, green, red.</summary>
    public bool IsBgr { get; init; }

    public required NuGetPackage Package { get; init; }
}
