namespace EmotionMLNet.Predictor;

/// <summary>A file's rows with the pictures made of it, not yet written.</summary>
/// <param name="Rows">All rows of the file.</param>
internal sealed record DrawnFile(IReadOnlyList<Row> Rows)
{
    /// <summary>The picture with its boxes; null where none is wanted or it could not be read.</summary>
    public byte[]? Annotated { get; init; }

    /// <summary>The ending of its name, with the dot.</summary>
    public string Extension { get; init; } = "";

    /// <summary>The faces in the order of the rows, as PNG.</summary>
    public IReadOnlyList<byte[]> Crops { get; init; } = [];

    /// <summary>Its card in the gallery; null where there is none.</summary>
    public GalleryCard? Card { get; init; }

    /// <summary>Why there are no pictures of it, in one line.</summary>
    public string? Problem { get; init; }
}
