using System.Text.Json.Serialization;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Training.Runs;

/// <summary>Where a run stands; with the weights it is all that a checkpoint needs.</summary>
internal sealed record TrainingProgress
{
    /// <summary>Epoch 0 of a run that begins with trained weights; else null.</summary>
    public EpochResult? Start { get; init; }

    /// <summary>Finished epochs, oldest first; without <see cref="Start"/>.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary><see cref="Start"/>, where there is one, and the finished epochs: what tables, logs and charts show.</summary>
    [JsonIgnore]
    public IReadOnlyList<EpochResult> Shown => Start is null ? History : [Start, .. History];

    /// <summary>Best score so far, see <see cref="EpochResult.Score"/>; null before the first epoch.</summary>
    public double? BestScore { get; init; }

    /// <summary>Epoch of the best score, from 1; 0 where it is the start, or nothing yet.</summary>
    public int BestEpoch { get; init; }

    public double PlateauFactor { get; init; } = 1;

    public int PlateauStale { get; init; }

    public int OptimiserSteps { get; init; }

    /// <summary>How far it is on its schedule; null before the first epoch.</summary>
    public SchedulePosition? Course { get; init; }

    /// <summary>Time that it has had, validation and all.</summary>
    public double Seconds { get; init; }

    /// <summary>Why the run ended; null while it goes on.</summary>
    public string? Finished { get; init; }

    /// <summary>What is saved as the model; null where nothing is yet.</summary>
    [JsonIgnore]
    public EpochResult? Best => BestEpoch > 0 ? History[BestEpoch - 1] : Start is { Improved: true } ? Start : null;

    /// <summary>
    /// The latest epoch that was better than all epochs before it, from 1; 0 before the first. The start has no say: plateaus and patience
    /// are about training.
    /// </summary>
    /// <param name="metric">Larger is better.</param>
    /// <param name="minDelta">The least change that counts as better.</param>
    public int LatestGain(SelectionMetric metric, double minDelta)
    {
        (double? best, int epoch) = (null, 0);
        foreach (EpochResult result in History)
            if (best is null || result.Score(metric) > best + minDelta) (best, epoch) = (result.Score(metric), result.Epoch);
        return epoch;
    }
}
