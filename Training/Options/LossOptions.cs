namespace EmotionMLNet.Training.Options;

/// <summary>What training makes small, and how classes and targets count in it.</summary>
public sealed record LossOptions
{
    /// <summary>The function.</summary>
    public LossFunction Kind { get; init; } = LossFunction.CrossEntropy;

    /// <summary>Share of each target that is spread over all classes, 0 up to below 1.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>How much each class counts.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (!(LabelSmoothing is >= 0 and < 1)) yield return new("labelSmoothing", LabelSmoothing, "give 0 up to below 1");
    }
}
