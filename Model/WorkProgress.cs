namespace EmotionMLNet;

/// <summary>How far a long piece of work has come.</summary>
/// <param name="Done">What is done, in the unit of the work: images, bytes.</param>
/// <param name="Total">All of it, in the same unit; 0 while nobody knows.</param>
public readonly record struct WorkProgress(long Done, long Total);
