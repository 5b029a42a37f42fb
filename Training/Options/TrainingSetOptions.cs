namespace EmotionMLNet.Training.Options;

/// <summary>What is changed of the training split, and of it alone.</summary>
public sealed record TrainingSetOptions
{
    /// <summary>A table of training images to leave out, or null.</summary>
    public string? Exclude { get; init; }

    /// <summary>Leave out images with a twin in validation, blank ones, and identical ones under different labels.</summary>
    public bool DropLeaks { get; init; }

    /// <summary>How far sampling evens out the classes: 0 not at all, 0.5 by the square root of their size, 1 wholly.</summary>
    public float Balance { get; init; }

    /// <summary>A table of votes that become training targets, or null.</summary>
    public string? SoftLabels { get; init; }

    /// <summary>Share of the votes in a target, above 0 up to 1; the rest is the label's.</summary>
    public float SoftWeight { get; init; } = 1;

    /// <summary>A table of votes that become a second task, or null.</summary>
    public string? Auxiliary { get; init; }

    /// <summary>What the second task's loss counts, above 0; that of the labels counts 1.</summary>
    public float AuxiliaryWeight { get; init; } = 1;

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (!(Balance is >= 0 and <= 1)) yield return new("balance", Balance, "give 0 (classes as they are) to 1 (all alike)");
        if (SoftLabels is not null && !File.Exists(SoftLabels)) yield return new("softLabels", SoftLabels, "there is no such file");
        if (!(SoftWeight is > 0 and <= 1)) yield return new("softWeight", SoftWeight, "give a share above 0, up to 1");
        if (Auxiliary is not null && !File.Exists(Auxiliary)) yield return new("auxiliary", Auxiliary, "there is no such file");
        if (!(AuxiliaryWeight > 0 && float.IsFinite(AuxiliaryWeight)))
            yield return new("auxiliaryWeight", AuxiliaryWeight, "give a weight above 0, 1 is what the labels have");
        if (Exclude is not null && !File.Exists(Exclude)) yield return new("exclude", Exclude, "there is no such file");
    }
}
