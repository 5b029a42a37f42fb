namespace EmotionMLNet;

/// <summary>A face of a picture, and what the classifier says of it.</summary>
/// <param name="Face">Where it is, in pixels of the upright picture, and how sure the detector is.</param>
/// <param name="Prediction">Its labels and probabilities.</param>
public sealed record FacePrediction(Face Face, Prediction Prediction);
