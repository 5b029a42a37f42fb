namespace EmotionMLNet.Training.Faces;

/// <summary>A picture with what people drew into it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Faces">The faces, in pixels of the stored picture; none where there are none.</param>
/// <param name="Ignored">Places that are neither faces nor background: tiny, cut, uncertain or drawn faces.</param>
/// <param name="Subset">What set of pictures it is of, where the annotations tell; else empty.</param>
internal sealed record AnnotatedPicture(
    string Path,
    IReadOnlyList<FaceBox> Faces,
    IReadOnlyList<FaceBox> Ignored,
    string Subset = ""
)
{
    /// <summary>Whether epochs are compared by it, where the annotations tell; null leaves that to the seed.</summary>
    public bool? IsValidation { get; init; }
}
