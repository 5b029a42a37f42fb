namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Says what is not even trained. All members may be called from several threads.</summary>
internal interface ILimitCheck
{
    /// <summary>Whether <see cref="FindBroken"/> answers at once; else it draws a network and times it.</summary>
    bool IsKnown(TrialProposal proposal);

    /// <summary>What is wrong with a proposal, one line: a setting that cannot be, or a limit that it breaks; null where it is to be
    /// trained.</summary>
    string? FindBroken(TrialProposal proposal);
}
