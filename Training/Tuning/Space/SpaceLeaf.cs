namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>One dimension of a search space.</summary>
/// <param name="Key">The full key.</param>
/// <param name="Option">A range or a choice.</param>
/// <param name="When">Its conditions and those of the spaces around it, with full keys.</param>
internal sealed record SpaceLeaf(string Key, OptionBase Option, IReadOnlyList<Condition> When);
