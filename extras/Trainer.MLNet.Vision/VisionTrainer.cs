using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;
using Microsoft.ML;
using Microsoft.ML.Vision;

namespace EmotionMLNet.Trainer.MLNet.Vision;

/// <summary>
/// ML.NET's ImageClassificationTrainer with its default options: a new last layer on the frozen features of a published network. It gets
/// the comparison's validation pictures as its own, by which it stops early.
/// </summary>
/// <param name="text">As it was asked for.</param>
/// <param name="architecture">Whose features.</param>
/// <param name="store">The data, loaded once.</param>
internal sealed class VisionTrainer(string text, ImageClassificationTrainer.Architecture architecture, FeatureStore store)
    : ICandidateTrainer
{
    public IReadOnlyList<string> Remarks =>
    [
        "Candidates that begin with vision: are ML.NET's ImageClassificationTrainer with its default options: our settings of networks, "
            + "epochs, augmentation and time say nothing of them, and it decodes and resizes stored pictures itself.",
    ];

    public string Usage =>
        $"{ComparisonRun.BestName} is a model of ML.NET's own. mlContext.Model.Load opens it in an application with the packages "
        + "Microsoft.ML.Vision and SciSharp.TensorFlow.Redist. A column Image (the bytes of a file) goes in, PredictedLabel and "
        + "Score come out.";

    public JsonElement DescribeSettings(TrainingOptions options) =>
        JsonSerializer.SerializeToElement(new
        {
            pipeline = text,
            version = PipelineTrainer.Version,
            data = SettingsFile.ToElement(options).GetProperty("data"),
            metric = $"{options.Optimisation.Metric}",
        });

    public string DescribeStart(TrainingOptions options) => $"ImageNet's {architecture}";

    public RunOutcome Train(CandidateRun run)
    {
        long start = run.Time.GetTimestamp();
        Dataset data = store.Load(run.Options, run.Reporter, run.Cancellation);
        ImageSet train = data[Split.Train]!;
        var ml = new MLContext(run.Options.Seed);
        IDataView keys = ml.Data.LoadFromEnumerable(data.Labels.Select(l => new LabelRow { Label = l }));
        const string label = nameof(StoredRow.Label);
        IDataView stored = StoredRow.View(ml, train);
        ITransformer toKeys = ml.Transforms.Conversion.MapValueToKey(label, label, keyData: keys).Fit(stored);
        var trainer = ml.MulticlassClassification.Trainers.ImageClassification(
            new ImageClassificationTrainer.Options
            {
                LabelColumnName = label,
                FeatureColumnName = nameof(StoredRow.Image),
                Arch = architecture,
                ValidationSet = toKeys.Transform(StoredRow.View(ml, data[Split.Validation]!)),
                MetricsCallback = _ => run.Cancellation.ThrowIfCancellationRequested(),
            }
        );
        ITransformer model = trainer
            .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(ScoreRow.PredictedLabel)))
            .Fit(toKeys.Transform(stored));

        Directory.CreateDirectory(run.Folder);
        AtomicFile.Write(Path.Combine(run.Folder, BestModel.FileName), stream => ml.Model.Save(model, stored.Schema, stream));
        new PipelineRecord(text, data.Labels, data.Fingerprint, data.Changes.Notes, null, ModelOrigin.FormatNow(run.Time)).Save(run.Folder);
        return new RunOutcome(run.Options.Seed, 0, $"a layer on {architecture} is fitted to {Plural.Format(train.Count, "picture")}", [])
        {
            Elapsed = run.Time.GetElapsedTime(start).TotalSeconds,
        };
    }

    public ITrainedCandidate Open(string folder, string shared, TrainingOptions options) => new TrainedVision(folder, Size(architecture));

    // ML.NET's graphs for these networks: 299 x 299, and 224 x 224 for MobilenetV2.
    private static ImagePreprocessing Size(ImageClassificationTrainer.Architecture architecture)
    {
        int side = architecture == ImageClassificationTrainer.Architecture.MobilenetV2 ? 224 : 299;
        return new ImagePreprocessing { Width = side, Height = side, Channels = 3, Mean = [0, 0, 0], StandardDeviation = [1, 1, 1] };
    }
}
