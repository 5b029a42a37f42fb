using EmotionMLNet.Imaging;

namespace EmotionMLNet.MLNet;

/// <summary>How <see cref="ScoreExpressionEstimator"/> scores.</summary>
public sealed class ScoreExpressionOptions
{
    /// <summary>Receives the probabilities, in the order of the model's labels.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>Receives the most probable label.</summary>
    public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

    /// <summary>Whether the predicted label is a key, as Evaluate wants it and trainers give it, and not a text.</summary>
    public bool PredictsKey { get; set; }

    /// <summary>
    /// Whether a picture that cannot be read or decoded gives scores of NaN and no label, as a missing picture does, and not an exception.
    /// </summary>
    public bool SkipUnreadable { get; set; }

    /// <summary>
    /// Finds faces in photographs, so that the largest one of each is scored. Null: pictures are scored whole. A photograph without a face
    /// gives scores of NaN and no label.
    /// </summary>
    public FaceDetector? Detector { get; set; }

    /// <summary>
    /// Whether faces are looked for, <see cref="FaceSearch.Largest"/> or <see cref="FaceSearch.Off"/>. Null: the model decides; where its
    /// pictures were faces and there is a <see cref="Detector"/>, the largest is scored.
    /// </summary>
    public FaceSearch? Faces { get; set; }

    /// <summary>Threads of a pass over a view; 0 means one for each core.</summary>
    public int Threads { get; set; }

    /// <summary>Limits and background of the image reader, for paths and encoded files.</summary>
    public ImageReaderOptions Reader { get; set; } = ImageReaderOptions.Default;

    internal ScoreExpressionOptions Copy() => (ScoreExpressionOptions)MemberwiseClone();
}
