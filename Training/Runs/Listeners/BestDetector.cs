using EmotionMLNet.Faces;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs.Listeners;

/// <summary>The detector of the best epoch so far, faces.zip in the run folder, replaced whole whenever validation improves.</summary>
internal sealed class BestDetector(TimeProvider time) : ITrainingListener
{
    public const string FileName = "faces.zip";

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        if (!result.Improved) return;
        var source = (FaceBatches)run.Source;
        FaceManifest manifest = Describe(run.Options, source, result, time);
        new FaceDetectorZip(run.ValidatedNetwork, manifest).Save(Path.Combine(run.Folder!, FileName));
    }

    /// <summary>What the file says about its training and its figures.</summary>
    /// <param name="options">Of the run.</param>
    /// <param name="source">Whose latest validation was of these weights.</param>
    /// <param name="result">The epoch.</param>
    /// <param name="time">Says when.</param>
    internal static FaceManifest Describe(TrainingOptions options, FaceBatches source, EpochResult result, TimeProvider time) =>
        new()
        {
            CreatedBy = ModelOrigin.CreatedBy,
            CreatedAt = ModelOrigin.FormatNow(time),
            Architecture = FaceNetwork.Name,
            Widths = options.Network.Widths ?? FaceNetwork.StandardWidths,
            Pyramid = options.Faces!.Pyramid,
            Threshold = (float)Math.Clamp(
                source.Validated!.ChooseThreshold(FaceBatches.AllowedFalsePositives, FaceBatches.AllowedAlarms),
                0.05,
                0.95
            ),
            LongSide = FaceScan.StandardLongSide,
            Licence = options.Output.Licence!,
            Data = source.Notes,
            DataFingerprint = source.DataFingerprint,
            Metrics = new Dictionary<string, double>
            {
                ["epoch"] = result.Epoch,
                ["averagePrecision"] = result.AveragePrecision!.Value,
                ["recall"] = result.Recall!.Value,
                ["validationLoss"] = result.ValidationLoss,
            },
            MetricNotes =
            [
                $"on {source.Validated.Pictures} photographs of the validation, which the epoch and the threshold were chosen by",
                "averagePrecision at an intersection over union of 0.5, recall at one false positive in ten photographs",
            ],
            TrainedOn = result.Machine?.ToString(),
            Weights = options.Output.ZipWeights,
            Settings = SettingsFile.ToElement(options with
            {
                Data = options.Data with { Path = Path.GetFileName(options.Data.Path) },
                Faces = options.Faces with
                {
                    Background = options.Faces.Background is { } b ? Path.GetFileName(Path.TrimEndingDirectorySeparator(b)) : null,
                },
            }),
        };
}
