using EmotionMLNet.Terminal;
using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Data.TrainingSet;
using EmotionMLNet.Trainer.Finishing;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;
using EmotionMLNet.Trainer.Transfer;

namespace EmotionMLNet.Trainer.Jobs;

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
    /// <param name="cancellation">Ends the run; its checkpoint is that of the last whole epoch.</param>
    /// <param name="replace">Whether a run that is there already is replaced; a caller that made the folder for this run knows that it may.</param>
    /// <param name="follower">Is told of every batch besides; a head alone is over too soon to be followed.</param>
    /// <exception cref="FileLockedException">Another process trains into that folder.</exception>
    /// <exception cref="UserException">The folder holds a run, or settings and data do not go together.</exception>
    public static TrainingProgress Train(TrainingOptions options, string folder, bool resume, string? cache, CancellationToken cancellation, bool replace = true, ITrainingListener? follower = null)
    {
        using var opened = RunFolder.Open(folder, mayHoldRun: resume || replace);
        (options, Network network, ImagePreprocessing preprocessing, Dataset data, StartWeights? start) = PreparedTraining.Of(options, [Split.Train, Split.Validation], cancellation);
        Remark(options, data);

        // Said now: the model of a whole training would be refused when it is loaded.
        if (ManifestCheck.Labels(data.Labels) is { } problem) throw new UserException($"{options.Data}: {problem}: rename the class.");
        if (!resume) opened.Clear(needed: [.. ((string?[])[options.Start, options.Weights, options.SoftLabels, options.Auxiliary, options.Exclude]).OfType<string>(), .. options.Distillation.Teachers]);
        if (!resume) AtomicFile.WriteText(Path.Combine(folder, SettingsFile.FileName), SettingsFile.Write(options));
        if (data.Changes.Notes.Count > 0) AtomicFile.WriteText(Path.Combine(folder, TrainingSetChanges.FileName), data.Changes.ToJson());
        TimeProvider time = TimeProvider.System;
        if (options.Freeze == "all") return TrainHead(options, network, preprocessing, data, start, folder, cache ?? DefaultCache, time, cancellation);
        using var run = new TrainingRun(options, network, preprocessing, data, folder,
            [ConsoleTable.ForStderr(time), new JsonLog(), new TensorBoardLog(time), new Charts(), new BestModel(time), .. follower is null ? (ITrainingListener[])[] : [follower]], time, start);
        if (resume) run.Resume();
        string sheet = Path.Combine(folder, AugmentationSheet.FileName);
        if (!File.Exists(sheet)) AugmentationSheet.Write(sheet, data[Split.Train]!, new Augmenter(options.Augmentation, preprocessing), (ulong)options.Seed);

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Architecture}: {network.ParameterCount:N0} parameters, {network.MultiplyAdds / 1e6:0.0} M multiply-adds; {run.TrainingImages:N0} training images; run folder {folder}"));
        if (options.Time is null && run.Small is var (size, epochs)) Console.Error.WriteLine($"pictures of {size.Width} x {size.Height} until epoch {epochs} of {options.Epochs}");
        Console.Error.WriteLine($"{run.Machine}: the same bits take the same again");
        if (run.OtherMachine is { } before) Console.Error.WriteLine($"warning: this run began with {before}: it goes on, and its weights will not have the bits of an unbroken run");
        foreach (string note in run.Notes) Console.Error.WriteLine($"note: {note}");
        using (var asking = new ConsoleProgress("asking teachers", "images")) run.Prepare(asking.Report, cancellation);
        run.Train(cancellation);
        Say(run.Progress, options, data, start);
        Calibrate(run.Progress, options, data, folder);
        Measure(run.Progress, options, data, folder);
        return run.Progress;
    }

    // Seconds, so there are no checkpoints: an interrupted one is begun again, with the features from the cache.
    private static TrainingProgress TrainHead(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, StartWeights? start, string folder, string cache, TimeProvider time, CancellationToken cancellation)
    {
        using var run = new FrozenBackboneRun(options, network, data, time, start);
        string model = Path.Combine(folder, BestModel.FileName);
        var log = new StringBuilder();
        var progress = new TrainingProgress();
        using (var features = new ConsoleProgress("bottleneck features", "images"))
        {
            run.Train(preprocessing, cache, result =>
            {
                if (log.Length == 0) Console.Error.WriteLine($"{run.Computed:N0} pictures through the frozen backbone, the others' features from the cache\n{ConsoleTable.Header}");
                Console.Error.WriteLine(ConsoleTable.Row(options.Epochs, result));
                log.Append(JsonLog.Line(result));
                progress = result.Epoch == 0 ? progress with { Start = result } : progress with { History = [.. progress.History, result], BestEpoch = result.Improved ? result.Epoch : progress.BestEpoch };
                if (result.Improved) BestModel.Save(model, options, network, preprocessing, data, result, time, result.Epoch == 0 ? [start!.Note] : []);
            }, features, cancellation);
        }
        AtomicFile.WriteText(Path.Combine(folder, JsonLog.FileName), log.ToString());
        Say(progress, options, data, start);
        Calibrate(progress, options, data, folder);
        Measure(progress, options, data, folder);
        return cancellation.IsCancellationRequested ? progress : progress with { Finished = $"the head was trained for {Plural.Of(progress.History.Count, "epoch")}" };
    }

    // What a user may have meant otherwise.
    private static void Remark(TrainingOptions options, Dataset data)
    {
        if (options.IsFineTuningRate)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"learning rate {options.LearningRate}: {TrainingDefaults.FineTuningFactor:0.##} of what {TextLayout.Shorten(options.Architecture)} takes from random weights, because training begins with trained ones; --lr gives another"));
        if (data[Split.Train] is { } train && options.BatchSize > train.Count)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"note: there are {train.Count} training images, fewer than the --batch of {options.BatchSize}: an epoch is one step; a smaller --batch learns faster"));
    }

    private static void Say(TrainingProgress progress, TrainingOptions options, Dataset data, StartWeights? start)
    {
        if (progress.Best is not { } best) return;
        ImageSet validation = data[Split.Validation]!;
        CultureInfo c = CultureInfo.InvariantCulture;
        string what = best.Epoch == 0 ? $"no epoch was better than the start, {start!.Name}, whose weights are saved" : string.Create(c, $"best epoch {best.Epoch}");
        string than = best.Epoch > 0 && progress.Start is { Improved: true } from ? string.Create(c, $" (the start had {from.ValidationAccuracy:P1} and {from.MacroF1:P1})") : "";
        Console.Error.WriteLine(string.Create(c, $"{what}: {best.ValidationAccuracy:P1} accuracy, {best.MacroF1:P1} macro F1{than} on {validation.Name}, the split it was chosen on (seed {options.Seed}, no test-time augmentation)"));
        if (best.Epoch == 0 && !start!.KnowsSplit) Console.Error.WriteLine($"note: {start.Name} was trained on other data or another split: if it has seen these pictures, its figures say too much");
        Compare(best, validation);
    }

    // An accuracy means nothing beside the number of labels and how they are spread.
    private static void Compare(EpochResult best, ImageSet validation)
    {
        BaselineAccuracy baseline = BaselineAccuracy.Compute(validation.Classes, validation.Labels.Count);
        Console.Error.WriteLine($"on validation, {baseline.Describe(validation.Labels)}");
        if (!baseline.IsBeatenBy((int)Math.Round(best.ValidationAccuracy * validation.Count), validation.Count))
            Console.Error.WriteLine("warning: on so few pictures that is no better than always saying one label: train longer, give more pictures, or look at the data");
    }

    // Also of a run that was stopped, whose best model is kept. Done again it finds the same temperature and changes nothing.
    private static void Calibrate(TrainingProgress progress, TrainingOptions options, Dataset data, string folder)
    {
        if (!options.Calibrate || progress.Best is null) return;
        string path = Path.Combine(folder, BestModel.FileName);
        using var team = new ThreadTeam(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        ModelZip? calibrated = TemperatureScaling.Calibrate(ModelZip.Load(path), data[Split.Validation]!, data.Fingerprint, team, out string reason);
        calibrated?.Save(path);
        Console.Error.WriteLine(calibrated is null ? $"not calibrated: {reason}" : TemperatureScaling.Describe(calibrated.Manifest.Calibration!));
    }

    // Of the model as it is handed on, so after its calibration.
    private static void Measure(TrainingProgress progress, TrainingOptions options, Dataset data, string folder)
    {
        if (progress.Best is null) return;
        string path = Path.Combine(folder, BestModel.FileName);
        ImageSet validation = data[Split.Validation]!;
        ModelZip model = ModelZip.Load(path);
        foreach (string note in model.Manifest.WeightNotes) Console.Error.WriteLine($"note: {note}");
        Measurements.Record(EvaluationJob.Measure(path, model, validation, DataLoader.Fingerprint(data.Labels, validation), options.Threads, TestTimeAugmentation.None, CancellationToken.None));
    }
}
