namespace EmotionMLNet.Training.Faces;

/// <summary>A place that the detector took for a face.</summary>
/// <param name="Picture">Index of the picture.</param>
/// <param name="Box">In pixels of the picture.</param>
/// <param name="Scale">What the picture was scaled by.</param>
internal readonly record struct FalsePositive(int Picture, FaceBox Box, float Scale);
