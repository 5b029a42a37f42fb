using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Training.Runs;

/// <summary>Something that follows a run and never changes it. Called on the training thread, in order.</summary>
internal interface ITrainingListener
{
    /// <summary>Before the first batch; epochs that a resumed run has behind it are in the history.</summary>
    void OnStarted(TrainingRun run) { }

    /// <summary>
    /// When a run with a limit of time has chosen its number of epochs, which is now in its options; before it starts, and after an epoch
    /// that changed the plan.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="budget">The budget, which knows what an epoch takes.</param>
    void OnPlanned(TrainingRun run, TimeBudget budget) { }

    /// <summary>Before the first batch of an epoch in which other blocks learn than in the one before.</summary>
    void OnStageBegun(TrainingRun run, FineTuning stage) { }

    /// <summary>After each batch.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">Number of the epoch, from 1.</param>
    /// <param name="images">Training images done in this epoch.</param>
    void OnBatchDone(TrainingRun run, int epoch, int images) { }

    /// <summary>After validation; before the checkpoint is written.</summary>
    void OnEpochDone(TrainingRun run, EpochResult result) { }

    /// <summary>At the end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="why">One sentence.</param>
    void OnFinished(TrainingRun run, string why) { }
}
