using System.Globalization;
using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Training.Jobs;

/// <summary>A whole training of a face detector: from settings, boxes and photographs to a run folder with its faces.zip.</summary>
internal static class FaceTrainingJob
{
    /// <summary>Loads the pictures and trains, with everything that belongs into a run folder.</summary>
    /// <param name="options">Free of problems, with face options.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
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
        IReporter reporter,
        CancellationToken cancellation,
        bool replace = false,
        params IReadOnlyList<ITrainingListener> listeners
    )
    {
        using var opened = RunFolder.Open(folder, mayHoldRun: resume || replace);
        FaceOptions faces = options.Faces!;
        options = options with
        {
            Threads = options.ThreadCount,
            Network = options.Network with { Widths = options.Network.Widths ?? FaceNetwork.StandardWidths },
        };
        FaceSet set = Load(options, reporter, cancellation);
        Network network = Build(options);
        if (!resume) opened.Clear(needed: []);
        if (!resume) AtomicFile.WriteText(Path.Combine(opened.FullName, SettingsFile.FileName), SettingsFile.Write(options));
        TimeProvider time = TimeProvider.System;
        ITrainingListener[] files = [new JsonLog(), new TensorBoardLog(time), new LearningCurves(), new BestDetector(time)];
        using var run = new TrainingRun(options, new FaceBatches(options, network, set), opened.FullName, [.. files, .. listeners], time);
        if (resume) run.Resume();
        string sheet = Path.Combine(opened.FullName, AugmentationSheet.FileName);
        if (!File.Exists(sheet)) CropSheet.Write(sheet, new CropSampler(faces, set.Train), faces.CropSide, (ulong)options.Seed);
        Report(run, set, reporter);
        run.Train(cancellation);
        ReportResult(run, set, reporter);
        return run.Progress;
    }

    /// <summary>The pictures that settings name, decoded and divided.</summary>
    public static FaceSet Load(TrainingOptions options, IReporter reporter, CancellationToken cancellation)
    {
        IEnumerable<AnnotatedPicture> pictures = FaceAnnotations.Read(options.Data.Path);
        if (options.Faces!.Background is { } background) pictures = pictures.Concat(FaceAnnotations.ReadBackground(background));
        DataOptions divided = options.DividedData;
        return FaceSet.Load([.. pictures], (float)divided.ValidationFraction, (ulong)divided.SplitSeed!.Value, reporter, cancellation);
    }

    private static Network Build(TrainingOptions options)
    {
        try
        {
            int side = options.Faces!.CropSide;
            Network network = FaceNetwork.Build(side, side, options.Network.Widths!, options.Faces.Pyramid);
            FaceNetwork.Initialise(network, options.Seed);
            return network;
        }
        catch (ArgumentException e)
        {
            throw new TrainingException($"{FaceNetwork.Name} cannot be built: {e.Message}");
        }
    }

    private static void ReportResult(TrainingRun run, FaceSet set, IReporter reporter)
    {
        if (run.Progress.Best is not { } best) return;
        FaceManifest detector = FaceDetectorZip.Load(Path.Combine(run.Folder!, BestDetector.FileName)).Manifest;
        reporter.Inform(
            string.Create(
                CultureInfo.InvariantCulture,
                $"best epoch {best.Epoch}: {best.AveragePrecision:P1} average precision, {best.Recall:P1} recall at one false positive in "
                    + $"ten photographs, threshold {detector.Threshold:0.00}; on {set.Validation.Count:N0} photographs of the validation, "
                    + $"which epoch and threshold were chosen by (seed {run.Options.Seed})"
            )
        );
    }

    private static void Report(TrainingRun run, FaceSet set, IReporter reporter)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        reporter.Inform(
            string.Create(
                c,
                $"{FaceNetwork.Name}: {run.Network.ParameterCount:N0} parameters, {run.Network.MultiplyAdds / 1e6:0.0} M "
                    + $"multiply-adds a crop; run folder {run.Folder}"
            )
        );
        foreach (string note in run.Notes) reporter.Inform($"learned from: {note}");
        reporter.Inform(
            string.Create(
                c,
                $"epochs are compared by {set.Validation.Count:N0} photographs with {set.Validation.Sum(p => p.Faces.Length):N0} faces"
            )
        );
        TrainingJob.ReportMachine(run, reporter);
    }
}
