using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ImageClassification;

/// <summary>What <see cref="ImageClassificationTrainer"/> made.</summary>
public sealed class ImageClassificationModel
{
    private readonly Lazy<EmotionClassifier> classifier;

    internal ImageClassificationModel(ModelZip model, IReadOnlyList<(string Path, string Reason)> skipped)
    {
        Model = model;
        Skipped = skipped;
        classifier = new Lazy<EmotionClassifier>(() => EmotionClassifier.From(model));
    }

    /// <summary>Network and manifest.</summary>
    internal ModelZip Model { get; }

    /// <summary>Pictures that could not be decoded and took no part, each with the reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> Skipped { get; }

    /// <summary>The predicted expression label of an image file; from any number of threads.</summary>
    public Prediction Predict(string path) => classifier.Value.Classify(path);

    /// <summary>Writes the model zip, which ML.NET loads too.</summary>
    public void Save(string path) => Model.Save(path);
}
