namespace EmotionMLNet.Training.Runs;

/// <summary>The trained weights that a run begins with.</summary>
/// <param name="Name">The name of their file, without folders, or of published weights.</param>
/// <param name="IsWhole">Whether they make the data's labels with their own last layer: then they may be the best model themselves.</param>
/// <param name="KnowsSplit">
/// Whether they were trained on the same data, divided alike, so that they have not seen the validation pictures.
/// </param>
internal sealed record StartWeights(string Name, bool IsWhole, bool KnowsSplit)
{
    private const string OfPictures = "; of the pictures that trained them further nothing is stated", NotStated = "not stated";

    /// <summary>What they may be used for, as their manifest or their publisher says it; null where nobody does.</summary>
    public string? Licence { get; init; }

    /// <summary>What the manifest says where no epoch was better than the start.</summary>
    public string Note => $"these are the weights that training began with, {Name}: no epoch was better on validation";

    /// <summary>What a model trained from them may be used for, as far as it is known; null where nothing is.</summary>
    public string? InheritedLicence =>
        Licence is null || Licence.StartsWith(NotStated, StringComparison.Ordinal) || Licence.EndsWith(OfPictures, StringComparison.Ordinal)
            ? Licence
            : Licence + OfPictures;
}
