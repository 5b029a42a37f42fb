namespace EmotionMLNet.Predictor;

/// <summary>A face in a row.</summary>
/// <param name="Number">From 1, the largest first.</param>
/// <param name="Box">Where it is, in pixels of the upright picture.</param>
/// <param name="Score">How sure the detector is.</param>
internal readonly record struct FoundFace(int Number, FaceBox Box, float Score);
