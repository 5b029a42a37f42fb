namespace EmotionMLNet;

/// <summary>A face that a detector found.</summary>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the detector is, 0 to 1; not a probability.</param>
public readonly record struct Face(FaceBox Box, float Score);
