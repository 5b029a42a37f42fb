namespace EmotionMLNet;

/// <summary>Where the time of a classified picture went.</summary>
/// <param name="Decoding">From the bytes of the file to samples.</param>
/// <param name="Preparation">From samples to network inputs: faces are found and cut, and brought to the network's size.</param>
/// <param name="Network">The network, on all faces and views.</param>
public readonly record struct ClassificationTimes(TimeSpan Decoding, TimeSpan Preparation, TimeSpan Network);
