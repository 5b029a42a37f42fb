namespace EmotionMLNet.Training.Runs;

/// <summary>The trained weights that a run begins with.</summary>
/// <param name="Name">The name of their file, without folders, or of published weights.</param>
/// <param name="IsWhole">Whether they make the data's labels with their own last layer: then they may be the best model themselves.</param>
/// <param name="KnowsSplit">
/// Whether they were trained on the same data, divided alike, so that they have not seen the validation pictures.
/// </param>
internal sealed record StartWeights(string Name, bool IsWhole, bool KnowsSplit)
{
    /// <summary>What the manifest says where no epoch was better than the start.</summary>
    public string Note => $"these are the weights that training began with, {Name}: no epoch was better on validation";
}
