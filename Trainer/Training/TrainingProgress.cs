using EmotionMLNet.Trainer.Training.Budget;

namespace EmotionMLNet.Trainer.Training;

/// <summary>Where a run stands; with the weights it is all that a checkpoint needs.</summary>
internal sealed record TrainingProgress
{
    /// <summary>Finished epochs, oldest first.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>Best score so far, see <see cref="EpochResult.Score"/>; null before the first epoch.</summary>
    public double? BestScore { get; init; }

    /// <summary>Epoch of the best score, from 1.</summary>
    public int BestEpoch { get; init; }

    public double PlateauFactor { get; init; } = 1;

    public int PlateauStale { get; init; }

    public int OptimiserSteps { get; init; }

    /// <summary>How far it is on its schedule; null before the first epoch.</summary>
    public CoursePoint? Course { get; init; }

    /// <summary>Time that it has had, validation and all.</summary>
    public double Seconds { get; init; }

    /// <summary>Why the run ended; null while it goes on.</summary>
    public string? Finished { get; init; }

    public EpochResult? Best => BestEpoch == 0 ? null : History[BestEpoch - 1];
}
