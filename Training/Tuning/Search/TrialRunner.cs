using EmotionMLNet.Files;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Trains trials in this process: each as a straight run that is left at its rung and gone on with from its checkpoint.</summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
/// <param name="data">Its pictures.</param>
/// <param name="time">Clock of the rates.</param>
internal sealed class TrialRunner(SearchOptions options, SearchLayout layout, TrialData data, TimeProvider time) : ITrialRunner
{
    private static readonly SilentReporter Silent = new();

    private string Features => Path.Combine(options.Out, TrialFolder.Features);

    private string Shared => Path.Combine(options.Out, "shared");

    public void Run(TrialJob job, Func<TrialEpoch, bool> report, CancellationToken cancellation)
    {
        SearchArm arm = options.ArmOf(job.Proposal.Arm);
        TrainingOptions settings = arm.CreateOptions(job.Proposal.Settings, job.Proposal.Seed, arm.IsNetwork ? layout.EpochsOf(arm) : null);
        var folder = new TrialFolder(options.Out, job.Trial);
        Rung rung = layout.RungOf(arm, job.Rung);
        (string claim, bool resumes) = folder.OpenClaim(job.Claim, rung.Share);
        if (!arm.IsNetwork) RunOther(arm, settings, folder, claim, report, cancellation);
        else if (job.Proposal.Kind == TrialKind.Confirmation) Confirm(job, settings, rung, claim, report, cancellation);
        else Search(job, arm, settings, rung, folder, claim, resumes, report, cancellation);
        folder.RemoveBefore(job.Claim);
        if (job.Rung == layout.Top) folder.RemoveCheckpoints();
    }

    public void Dispose()
    {
        // Nothing is held between trials.
    }

    // Training alone: no model is saved, nothing is calibrated.
    private void Search(
        TrialJob job,
        SearchArm arm,
        TrainingOptions settings,
        Rung rung,
        TrialFolder folder,
        string claim,
        bool resumes,
        Func<TrialEpoch, bool> report,
        CancellationToken cancellation
    )
    {
        PreparedTraining prepared = data.Prepare(settings, rung.Share, cancellation);
        AtomicFile.WriteText(Path.Combine(claim, SettingsFile.FileName), SettingsFile.Write(prepared.Options));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var follower = new Follower(epoch => RungOf(arm, rung, epoch), rung, options.Metric, report, end)
        {
            // What the last epochs say is what the choice is corrected by.
            Kept = job.Rung == layout.Top ? folder : null,
        };
        using var run = new TrainingRun(prepared.Options, prepared.Source(Features), claim, [follower], time, prepared.Start);
        if (resumes) run.Resume();
        if (!follower.Repeat(run.Progress)) return;
        run.Prepare(Silent, cancellation);
        run.Train(end.Token);
        if (!follower.IsDone) cancellation.ThrowIfCancellationRequested();
    }

    // The first rung of the same training that an epoch belongs to: a training that is gone on with reports its epochs again.
    private int RungOf(SearchArm arm, Rung rung, int epoch)
    {
        for (int i = layout.FirstRung(arm); i < layout.Top; i++)
            if (layout.RungOf(arm, i) is var each && each.Share == rung.Share && each.Epochs >= epoch) return i;
        return layout.Top;
    }

    // A whole run folder with its model, like any other.
    private void Confirm(
        TrialJob job,
        TrainingOptions settings,
        Rung rung,
        string claim,
        Func<TrialEpoch, bool> report,
        CancellationToken cancellation
    )
    {
        PreparedTraining prepared = data.Prepare(settings, rung.Share, cancellation);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var follower = new Follower(_ => job.Rung, rung, options.Metric, report, end);
        if (WholeTraining.Run(prepared, claim, Features, end.Token, follower) is null) cancellation.ThrowIfCancellationRequested();
    }

    // Something without epochs: one figure at its end.
    private void RunOther(
        SearchArm arm,
        TrainingOptions settings,
        TrialFolder folder,
        string claim,
        Func<TrialEpoch, bool> report,
        CancellationToken cancellation
    )
    {
        long began = time.GetTimestamp();
        RunOutcome outcome =
            RunOutcome.Find(claim)
            ?? arm.Trainer.Train(new CandidateRun(settings, claim, Shared, Silent, new SilentJob(), [], time, cancellation));
        outcome.Save(claim);
        ITrainedCandidate trained = arm.Trainer.Open(claim, Shared, settings);
        (Dataset pictures, _) = DataLoader.Load(
            settings.DividedData with
            {
                Labels = trained.Manifest.Labels,
            },
            trained.Manifest.Preprocessing,
            [Split.Validation],
            progress: null,
            cancellation
        );
        ImageSet validation = pictures.RequireValidation(settings.Data.Path);
        Evaluation figures = trained.Measure(validation, pictures.Fingerprint, Silent, cancellation);
        folder.SaveValidation(1, figures.Probabilities);
        ClassificationReport found = figures.Report;
        report(new(layout.Top, 1, TrialLoss.Of(found, options.Metric), found.Accuracy, time.GetElapsedTime(began).TotalSeconds, At: 0));
    }

    // Reports epochs, and leaves the run at its rung.
    private sealed class Follower(
        Func<int, int> rungOf,
        Rung rung,
        SelectionMetric metric,
        Func<TrialEpoch, bool> report,
        CancellationTokenSource end
    ) : ITrainingListener
    {
        /// <summary>Where what it says of the last validations is kept; null keeps nothing.</summary>
        public TrialFolder? Kept { get; init; }

        /// <summary>Whether it came to its rung, or was told to end.</summary>
        public bool IsDone { get; private set; }

        /// <summary>Reports what a resumed run has behind it.</summary>
        /// <returns>Whether anything is left to do.</returns>
        public bool Repeat(TrainingProgress progress)
        {
            foreach (EpochResult result in progress.History) Report(result);
            return !IsDone;
        }

        public void OnEpochDone(TrainingRun run, EpochResult result)
        {
            if (Kept is not null && result.Epoch > rung.Epochs - SearchHistory.LastEpochs && result.Epoch <= rung.Epochs)
                Kept.SaveValidation(result.Epoch, ((ClassificationBatches)run.Source).ValidationProbabilities);
            Report(result);
            if (IsDone) end.Cancel();
        }

        private void Report(EpochResult result)
        {
            double loss = TrialLoss.Of(result, metric);
            bool goesOn = report(new(rungOf(result.Epoch), result.Epoch, loss, result.ValidationAccuracy, result.Seconds, At: 0));
            IsDone |= !goesOn || result.Epoch >= rung.Epochs;
        }
    }
}
