using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Support;

/// <summary>A listener that calls back at each event.</summary>
internal sealed class Watcher : ITrainingListener
{
    /// <summary>Given the epoch from 1 and the images done in it.</summary>
    public Action<TrainingRun, int, int>? OnBatch { get; init; }

    public Action<EpochResult>? OnEpoch { get; init; }

    public Action<TrainingRun, EpochResult>? OnEpochOf { get; init; }

    public string? Why { get; private set; }

    public void OnBatchDone(TrainingRun run, int epoch, int images) => OnBatch?.Invoke(run, epoch, images);

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        OnEpoch?.Invoke(result);
        OnEpochOf?.Invoke(run, result);
    }

    public void OnFinished(TrainingRun run, string why) => Why = why;
}
