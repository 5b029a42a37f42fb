using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs.Listeners;

/// <summary>
/// The network of the best epoch so far, replaced whole whenever validation improves: model.zip in the run folder, or a copy in memory
/// where there is none. For runs on labelled pictures.
/// </summary>
internal sealed class BestModel(TimeProvider time) : ITrainingListener
{
    public const string FileName = "model.zip";

    /// <summary>Of a run without a folder; null before the first epoch.</summary>
    public ModelZip? Kept { get; private set; }

    // The start is the best model until an epoch is better: a run that ends at once has it to show.
    public void OnStarted(TrainingRun run)
    {
        if (run.Progress is { Start: { Improved: true } start, History.Count: 0 }) Keep(run, start, [.. run.Notes, run.Start!.Note]);
    }

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        if (result.Improved) Keep(run, result, run.Notes);
    }

    private void Keep(TrainingRun run, EpochResult result, IReadOnlyList<string> notes)
    {
        var source = (ClassificationBatches)run.Source;
        ModelManifest manifest = Describe(
            run.Options,
            run.ValidatedNetwork,
            source.Preprocessing,
            source.Data,
            result,
            run.Progress.Seconds,
            notes,
            run.Start
        );
        if (run.Folder is { } folder) new ModelZip(run.ValidatedNetwork, manifest).Save(Path.Combine(folder, FileName));
        else Kept = new ModelZip(run.ValidatedNetwork.Clone(), manifest);
    }

    // What the zip says about its training.
    private ModelManifest Describe(
        TrainingOptions options,
        Network network,
        ImagePreprocessing preprocessing,
        Dataset data,
        EpochResult result,
        double seconds,
        IReadOnlyList<string> notes,
        StartWeights? start
    ) =>
        new()
        {
            CreatedBy = ModelOrigin.CreatedBy,
            CreatedAt = ModelOrigin.FormatNow(time),
            Architecture = options.Network.Architecture,
            Labels = data.Labels,
            Head = network.Head,
            Preprocessing = preprocessing,
            DataFingerprint = data.Fingerprint,
            Metrics = new Dictionary<string, double>
            {
                ["epoch"] = result.Epoch,
                ["validationAccuracy"] = result.ValidationAccuracy,
                ["validationMacroF1"] = result.MacroF1,
                ["validationLoss"] = result.ValidationLoss,
                ["validationMajority"] =
                    result.MajorityAccuracy ?? BaselineAccuracy.Compute(data[Split.Validation]!.Classes, data.Labels.Count).Majority,
            },
            TrainedOn = result.Machine?.ToString(),
            TrainingNotes = [.. data.Changes.Notes, .. notes],
            Weights = options.Output.ZipWeights,
            Licence = (options.Output.Licence ?? start?.InheritedLicence)!, // null reads as not stated
            Division = options.Division,
            Training = Summarise(WithoutFolders(options), seconds),
            Faces = options.Data.Faces switch
            {
                null => null,
                FaceSearch.Off => new FaceTreatment { Pictures = FacePictures.Off },
                _ => new FaceTreatment
                {
                    Pictures = FacePictures.Crops,
                    SizeJitter = options.Data.FaceJitter * 1.3f,
                    PlaceJitter = options.Data.FaceJitter * 0.5f,
                },
            },
            Settings = SettingsFile.ToElement(WithoutFolders(options)),
        };

    private static TrainingSummary Summarise(TrainingOptions options, double seconds) => new()
    {
        Data = options.Data.Path,
        Epochs = options.Optimisation.Epochs,
        BatchSize = options.Optimisation.BatchSize,
        Optimiser = SettingsFile.NameOf(options.Optimisation.Optimiser),
        LearningRate = options.Optimisation.LearningRate,
        Schedule = SettingsFile.NameOf(options.Optimisation.Schedule),
        Seed = options.Seed,
        Seconds = Math.Round(seconds, 1),
        Excluded = options.TrainingSet.Exclude,
        Distillation = options.Distillation.Teachers.Count == 0 ? null : new DistillationSummary
        {
            Teachers = options.Distillation.Teachers,
            Weight = options.Distillation.TeacherWeight,
            Temperature = options.Distillation.TeacherTemperature,
            Views = options.Distillation.TeacherViews?.ToString(),
        },
    };

    // A zip is handed on: where its maker keeps files is nobody's business. The run folder has the whole paths.
    private static TrainingOptions WithoutFolders(TrainingOptions options) => options with
    {
        Data = options.Data with { Path = Name(options.Data.Path)!, Detector = Name(options.Data.Detector) },
        FineTuning = options.FineTuning with
        {
            From = Name(options.FineTuning.From),
            Backbone = Name(options.FineTuning.Backbone),
            Weights = Name(options.FineTuning.Weights),
        },
        Distillation = options.Distillation with { Teachers = [.. options.Distillation.Teachers.Select(t => Name(t)!)] },
        TrainingSet = options.TrainingSet with
        {
            SoftLabels = Name(options.TrainingSet.SoftLabels),
            Auxiliary = Name(options.TrainingSet.Auxiliary),
            Exclude = Name(options.TrainingSet.Exclude),
        },
    };

    private static string? Name(string? path) => path is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
}
