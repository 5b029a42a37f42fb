using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Comparison;

/// <summary>A way to a classifier, compared with others.</summary>
/// <param name="Name">Shown; unique in a comparison.</param>
/// <param name="Options">Its settings; the seed is that of the first run.</param>
internal sealed record Candidate(string Name, TrainingOptions Options)
{
    /// <summary>Who trains it: by default our loop, a network of the settings.</summary>
    public ICandidateTrainer Trainer { get; init; } = NetworkTrainer.Instance;

    /// <summary>Whether it is a network of ours, with epochs, curves and Grad-CAM.</summary>
    public bool IsNetwork => Trainer is NetworkTrainer;

    /// <summary>About how long a run takes, in any unit that is the same for all candidates.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The run folder of one seed, below that of the comparison.</summary>
    public string FolderFor(int seed) =>
        Path.Combine(
            "runs",
            $"{string.Concat(Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'))}-seed{seed}"
        );
}
