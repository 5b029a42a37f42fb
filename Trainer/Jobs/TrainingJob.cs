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
    /// <param name="follower">Is told of every batch besides; a head alone is over too soon to be followed.</param>
    public static TrainingProgress Train(TrainingOptions options, string folder, bool resume, string? cache, CancellationToken cancellation, ITrainingListener? follower = null)
    {
        if (!resume && File.Exists(Path.Combine(folder, Checkpoint.FileName)))
            throw new UserException($"{folder} holds a run already: continue it with --resume {folder}, or choose another --out.");
        (options, Network network, ImagePreprocessing preprocessing, Dataset data) = PreparedTraining.Of(options, [Split.Train, Split.Validation], cancellation);

        Directory.CreateDirectory(folder);
        if (!resume) AtomicFile.WriteText(Path.Combine(folder, SettingsFile.FileName), SettingsFile.Write(options));
        if (data.Changes.Notes.Count > 0) AtomicFile.WriteText(Path.Combine(folder, TrainingSetChanges.FileName), data.Changes.ToJson());
        TimeProvider time = TimeProvider.System;
        if (options.Freeze == "all") return TrainHead(options, network, preprocessing, data, folder, cache ?? DefaultCache, time, cancellation);
        using var run = new TrainingRun(options, network, preprocessing, data, folder,
            [ConsoleTable.ForStderr(time), new JsonLog(), new TensorBoardLog(time), new Charts(), new BestModel(time), .. follower is null ? (ITrainingListener[])[] : [follower]], time);
        if (resume) run.Resume();
        string sheet = Path.Combine(folder, AugmentationSheet.FileName);
        if (!File.Exists(sheet)) AugmentationSheet.Write(sheet, data[Split.Train]!, new Augmenter(options.Augmentation, preprocessing), (ulong)options.Seed);

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Architecture}: {network.ParameterCount:N0} parameters, {network.MultiplyAdds / 1e6:0.0} M multiply-adds; {run.TrainingImages:N0} training images; run folder {folder}"));
        if (options.Time is null && run.Small is var (size, epochs)) Console.Error.WriteLine($"pictures of {size.Width} x {size.Height} until epoch {epochs} of {options.Epochs}");
        foreach (string note in run.Notes) Console.Error.WriteLine($"note: {note}");
        using (var asking = new ConsoleProgress("asking teachers", "images")) run.Prepare(asking.Report, cancellation);
        run.Train(cancellation);
        Say(run.Progress, options, data);
        Calibrate(run.Progress, options, data, folder);
        Measure(run.Progress, options, data, folder);
        return run.Progress;
    }

    // Seconds, so there are no checkpoints: an interrupted one is begun again, with the features from the cache.
    private static TrainingProgress TrainHead(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, string folder, string cache, TimeProvider time, CancellationToken cancellation)
    {
        using var run = new FrozenBackboneRun(options, network, data, time);
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
                progress = progress with { History = [.. progress.History, result], BestEpoch = result.Improved ? result.Epoch : progress.BestEpoch };
                if (!result.Improved) return;
                BestModel.Save(model, options, network, preprocessing, data, result, time);
            }, features, cancellation);
        }
        AtomicFile.WriteText(Path.Combine(folder, JsonLog.FileName), log.ToString());
        Say(progress, options, data);
        Calibrate(progress, options, data, folder);
        Measure(progress, options, data, folder);
        return cancellation.IsCancellationRequested ? progress : progress with { Finished = $"the head was trained for {progress.History.Count} epochs" };
    }

    private static void Say(TrainingProgress progress, TrainingOptions options, Dataset data)
    {
        if (progress.Best is not { } best) return;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"best epoch {best.Epoch}: {best.ValidationAccuracy:P1} accuracy, {best.MacroF1:P1} macro F1 on {data[Split.Validation]!.Name}, the split it was chosen on (seed {options.Seed}, no test-time augmentation)"));
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
        Measurements.Record(EvaluationJob.Measure(path, ModelZip.Load(path), validation, DataLoader.Fingerprint(data.Labels, validation), options.Threads, TestTimeAugmentation.None, CancellationToken.None));
    }
}
