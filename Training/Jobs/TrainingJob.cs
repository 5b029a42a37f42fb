using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Training.Jobs;

/// <summary>What a training leaves.</summary>
/// <param name="Progress">Its epochs.</param>
/// <param name="Why">Why it ended: one sentence.</param>
/// <param name="Model">The best epoch's, finished; null where no epoch ended.</param>
/// <param name="Validation">The figures of that model on validation; null likewise.</param>
internal sealed record FinishedTraining(TrainingProgress Progress, string Why, ModelZip? Model, Evaluation? Validation);

/// <summary>A whole training: from settings and a folder of pictures to a run folder with its model.</summary>
internal static class TrainingJob
{
    /// <summary>Where features of frozen backbones are kept.</summary>
    public static readonly string DefaultCache = Path.Combine("artifacts", "bottlenecks");

    /// <summary>Loads the data and trains, with everything that belongs into a run folder.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    /// <param name="cache">Folder of bottleneck features, for a frozen backbone; null means the usual one.</param>
    /// <param name="reporter">Receives messages about what happens.</param>
    /// <param name="cancellation">Ends the run; its checkpoint is that of the last whole epoch.</param>
    /// <param name="replace">Whether a run that is there already is replaced; false refuses to begin another in its folder.</param>
    /// <param name="listeners">Follow the run besides those that write the run folder.</param>
    /// <exception cref="FileLockedException">Another process trains into that folder.</exception>
    /// <exception cref="TrainingException">The folder holds a run, or settings and data do not go together.</exception>
    public static TrainingProgress Train(
        TrainingOptions options,
        string folder,
        bool resume,
        string? cache,
        IReporter reporter,
        CancellationToken cancellation,
        bool replace = false,
        params IReadOnlyList<ITrainingListener> listeners
    )
    {
        using var opened = RunFolder.Open(folder, mayHoldRun: resume || replace);
        PreparedTraining prepared = PreparedTraining.Prepare(options, [Split.Train, Split.Validation], reporter, cancellation);
        return Train(prepared, opened, resume, cache ?? DefaultCache, reporter, cancellation, listeners).Progress;
    }

    /// <summary>Trains on what was prepared.</summary>
    /// <param name="prepared">Settings, network and data.</param>
    /// <param name="folder">The run folder, held by the caller; null keeps nothing on disk.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    /// <param name="cache">Folder of bottleneck features, for a frozen backbone; null keeps them in memory.</param>
    /// <param name="reporter">Receives messages about what happens.</param>
    /// <param name="cancellation">Ends the run; its checkpoint is that of the last whole epoch.</param>
    /// <param name="listeners">Follow the run besides those that write the run folder.</param>
    /// <exception cref="TrainingException">Settings and data do not go together.</exception>
    public static FinishedTraining Train(
        PreparedTraining prepared,
        RunFolder? folder,
        bool resume,
        string? cache,
        IReporter reporter,
        CancellationToken cancellation,
        params IReadOnlyList<ITrainingListener> listeners
    )
    {
        (TrainingOptions options, Dataset data) = (prepared.Options, prepared.Data);
        ReportSettings(options, data, reporter);

        // Said now: the model of a whole training would be refused when it is loaded.
        if (ManifestCheck.Labels(data.Labels) is { } problem)
            throw new TrainingException($"{options.Data.Path}: {problem}: rename the class.");
        if (folder is not null) Begin(folder, options, data, resume);
        TimeProvider time = TimeProvider.System;
        var best = new BestModel(time);
        ITrainingListener[] files = folder is null ? [] : [new JsonLog(), new TensorBoardLog(time), new LearningCurves()];
        using var run = new TrainingRun(
            options,
            prepared.Source(cache),
            folder?.FullName,
            [.. files, best, .. listeners],
            time,
            prepared.Start
        );
        if (resume) run.Resume();
        if (folder is not null) ShowAugmentation(run, prepared);
        ReportStart(run, reporter);
        run.Prepare(reporter, cancellation);
        string why = run.Train(cancellation);
        ReportResult(run.Progress, options, data, prepared.Start, reporter);
        if (run.Progress.Best is null) return new FinishedTraining(run.Progress, why, Model: null, Validation: null);
        string path = folder is null ? BestModel.FileName : Path.Combine(folder.FullName, BestModel.FileName);
        (ModelZip model, Evaluation figures) = FinishedModel.Finish(
            best.Kept is { } kept ? FinishedModel.AsSaved(kept, path) : ModelZip.Load(path),
            path,
            options,
            data,
            reporter
        );
        if (folder is not null) model.Save(path);
        return new FinishedTraining(run.Progress, why, model, figures);
    }

    // Only what a run leaves in its folder goes, and nothing that the new one reads.
    private static void Begin(RunFolder folder, TrainingOptions options, Dataset data, bool resume)
    {
        string?[] read =
        [
            options.FineTuning.Start,
            options.FineTuning.Weights,
            options.TrainingSet.SoftLabels,
            options.TrainingSet.Auxiliary,
            options.TrainingSet.Exclude,
        ];
        if (!resume) folder.Clear(needed: [.. read.OfType<string>(), .. options.Distillation.Teachers]);
        if (!resume) AtomicFile.WriteText(Path.Combine(folder.FullName, SettingsFile.FileName), SettingsFile.Write(options));
        if (data.Changes.Notes.Count > 0)
            AtomicFile.WriteText(Path.Combine(folder.FullName, TrainingSetChanges.FileName), data.Changes.ToJson());
    }

    // What is shown of a frozen backbone is features.
    private static void ShowAugmentation(TrainingRun run, PreparedTraining prepared)
    {
        string sheet = Path.Combine(run.Folder!, AugmentationSheet.FileName);
        if (prepared.IsHeadAlone || File.Exists(sheet)) return;
        AugmentationSheet.Write(
            sheet,
            prepared.Data[Split.Train]!,
            new Augmenter(prepared.Options.Augmentation, prepared.Preprocessing),
            (ulong)prepared.Options.Seed
        );
    }

    private static void ReportStart(TrainingRun run, IReporter reporter)
    {
        (TrainingOptions options, Network network) = (run.Options, run.Network);
        reporter.Inform(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Network.Architecture}: {network.ParameterCount:N0} parameters, {network.MultiplyAdds / 1e6:0.0} M "
                    + $"multiply-adds; {run.TrainingImages:N0} training images{(run.Folder is null ? "" : $"; run folder {run.Folder}")}"
            )
        );
        if (options.Optimisation.Time is null && run.Small is var (size, epochs))
            reporter.Inform($"pictures of {size.Width} x {size.Height} until epoch {epochs} of {options.Optimisation.Epochs}");
        ReportMachine(run, reporter);
        foreach (string note in run.Notes) reporter.Note(note);
    }

    /// <summary>Says what the run runs on, and what it began on where that is something else.</summary>
    internal static void ReportMachine(TrainingRun run, IReporter reporter)
    {
        reporter.Inform($"{run.Machine}: the same bits take the same again");
        if (run.OtherMachine is { } before)
            reporter.Warn($"this run began with {before}: it goes on, and its weights will not have the bits of an unbroken run");
    }

    // What a user may have meant otherwise.
    private static void ReportSettings(TrainingOptions options, Dataset data, IReporter reporter)
    {
        if (options.Optimisation.IsFineTuningRate)
            reporter.Inform(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"learning rate {options.Optimisation.LearningRate}: {TrainingDefaults.FineTuningFactor:0.##} of what "
                        + $"{CellText.Shorten(options.Network.Architecture)} takes from random weights, because training begins with "
                        + $"trained ones; {{optimisation.learningRate}} gives another"
                )
            );
        if (data[Split.Train] is { } train && options.Optimisation.BatchSize > train.Count)
            reporter.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"there are {train.Count} training images, fewer than the {{optimisation.batchSize}} of "
                        + $"{options.Optimisation.BatchSize}: an epoch is one step; a smaller one learns faster"
                )
            );
    }

    private static void ReportResult(
        TrainingProgress progress,
        TrainingOptions options,
        Dataset data,
        StartWeights? start,
        IReporter reporter
    )
    {
        if (progress.Best is not { } best) return;
        ImageSet validation = data[Split.Validation]!;
        CultureInfo c = CultureInfo.InvariantCulture;
        string what =
            best.Epoch == 0
                ? $"no epoch was better than the start, {start!.Name}, whose weights are saved"
                : string.Create(c, $"best epoch {best.Epoch}");
        string than =
            best.Epoch > 0 && progress.Start is { Improved: true } from
                ? string.Create(c, $" (the start had {from.ValidationAccuracy:P1} and {from.MacroF1:P1})")
                : "";
        reporter.Inform(
            string.Create(
                c,
                $"{what}: {best.ValidationAccuracy:P1} accuracy, {best.MacroF1:P1} macro F1{than} on {validation.Name}, the split it "
                    + $"was chosen on (seed {options.Seed}, no test-time augmentation)"
            )
        );
        if (best.Epoch == 0 && !start!.KnowsSplit)
            reporter.Note(
                $"{start.Name} was trained on other data or another split: if it has seen these pictures, its figures say too much"
            );
        Compare(best, validation, reporter);
    }

    // An accuracy means nothing beside the number of labels and how they are spread.
    private static void Compare(EpochResult best, ImageSet validation, IReporter reporter)
    {
        BaselineAccuracy baseline = BaselineAccuracy.Compute(validation.Classes, validation.Labels.Count);
        reporter.Inform($"on validation, {baseline.Describe(validation.Labels)}");
        if (!baseline.IsBeatenBy((int)Math.Round(best.ValidationAccuracy * validation.Count), validation.Count))
            reporter.Warn(
                "on so few pictures that is no better than always saying one label: train longer, give more pictures, or look at "
                    + "the data"
            );
    }
}
