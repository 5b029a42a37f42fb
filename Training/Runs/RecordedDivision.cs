using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>How the data of a run are divided where the source gives no split, and how to divide them alike later.</summary>
internal static class RecordedDivision
{
    /// <summary>
    /// The same division for a saved model, from its manifest: with any other, pictures that it was trained on would stand
    /// in its validation and test.
    /// </summary>
    /// <param name="manifest">One without a division, of an imported model for instance, gets the defaults.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="seed">The seed of the division; null takes the model's.</param>
    /// <param name="detector">
    /// A face detector, with which a model of faces is shown the largest face of each picture; null shows it whole pictures.
    /// </param>
    public static DataOptions CreateOptions(ModelManifest manifest, string data, int? seed, string? detector = null)
    {
        bool isCut = detector is not null && manifest.Faces?.Pictures == FacePictures.Crops;
        var standard = new DataOptions
        {
            Path = data,
            Labels = manifest.Labels,
            SplitSeed = seed,
            Faces = isCut ? FaceSearch.Largest : null,
            Detector = isCut ? detector : null,
        };
        if (manifest.Division is not { } division) return standard;
        return standard with
        {
            SplitSeed = seed ?? division.Seed,
            ValidationFraction = division.ValidationFraction,
            TestFraction = division.TestFraction,
            SimilarTogether = division.SimilarTogether,
        };
    }
}
