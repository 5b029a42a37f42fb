using System.Reflection;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using Microsoft.ML;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// Trains an ML.NET pipeline of stock steps: features of pictures, and a stock trainer on them. It is what a .NET developer would do
/// without this program.
/// </summary>
/// <param name="text">As it was asked for.</param>
/// <param name="features">What is computed of a picture.</param>
/// <param name="trainer">What learns from that.</param>
/// <param name="store">Features that are there already.</param>
internal sealed class PipelineTrainer(string text, Features features, StockTrainer trainer, FeatureStore store) : ICandidateTrainer
{
    /// <summary>The trained part, from features to scores: the steps before it are the same in all runs, and may be large.</summary>
    public const string HeadName = "trainer.zip";

    /// <summary>"ML.NET 5.0.1".</summary>
    public static string Version { get; } =
        "ML.NET "
        + typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public IReadOnlyList<string> Remarks =>
    [
        "Candidates that begin with mlnet: are pipelines of ML.NET's own steps and trainers with its default settings: settings of "
            + "networks, epochs, augmentation and time say nothing of them.",
        "Their rates include ML.NET's resizing of a decoded picture. Where a dash stands, ML.NET does not tell: multiply-adds, the memory "
            + "of a training, and the values of trees.",
        "Of pipelines with the same features the first run bears the time of computing these.",
        .. trainer.Draws ? (string[])[] : [$"{text} draws nothing at random: all seeds make the same model."],
    ];

    public string Usage =>
        $"{ComparisonRun.BestName} is a model of ML.NET's own. mlContext.Model.Load opens it in an application with the packages "
        + $"{string.Join(", ", [.. features.Packages, .. trainer.Package is { } package ? (string[])[package] : []])}. A column Image "
        + "(MLImage) goes in, PredictedLabel and Score come out. The other commands of this program read models of EmotionMLNet only.";

    public JsonElement DescribeSettings(TrainingOptions options) =>
        JsonSerializer.SerializeToElement(new
        {
            pipeline = text,
            features = features.Identity,
            trainer = trainer.Title,
            version = Version,
            threads = options.ThreadCount,
            data = SettingsFile.ToElement(options).GetProperty("data"),
            dropLeaks = options.TrainingSet.DropLeaks,
            exclude = options.TrainingSet.Exclude,
            metric = $"{options.Optimisation.Metric}",
        });

    public string DescribeStart(TrainingOptions options) => features.Start;

    public RunOutcome Train(CandidateRun run)
    {
        long start = run.Time.GetTimestamp();
        TrainingOptions options = run.Options;
        Dataset data = store.Load(options, run.Reporter, run.Cancellation);
        ImageSet train = data[Split.Train]!;
        float[][] rows = store.Compute(features, train, run.Shared, run.Reporter, run.Cancellation);
        run.Job.Report(0.5);
        run.Cancellation.ThrowIfCancellationRequested(); // ML.NET offers no way to stop a trainer

        var ml = new MLContext(options.Seed);
        IDataView view = FeatureRow.View(ml, rows, features.Type, [.. train.Classes.Select(c => train.Labels[c])]);
        IDataView keys = ml.Data.LoadFromEnumerable(data.Labels.Select(l => new LabelRow { Label = l }));
        const string label = nameof(LabelledRow.Label);
        IDataView labelled = ml.Transforms.Conversion.MapValueToKey(label, label, keyData: keys).Fit(view).Transform(view);
        ITransformer head = trainer
            .Create(ml, options.ThreadCount, options.Seed)
            .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(ScoreRow.PredictedLabel)))
            .Fit(labelled);

        Directory.CreateDirectory(run.Folder);
        AtomicFile.Write(Path.Combine(run.Folder, HeadName), stream => ml.Model.Save(head, inputSchema: null, stream));
        new PipelineRecord(
            text,
            data.Labels,
            data.Fingerprint,
            data.Changes.Notes,
            StockTrainer.CountValues(head),
            ModelOrigin.FormatNow(run.Time)
        ).Save(run.Folder);
        return new RunOutcome(options.Seed, 0, $"{trainer.Title} is fitted to {Plural.Format(train.Count, "picture")}", [])
        {
            Elapsed = run.Time.GetElapsedTime(start).TotalSeconds,
        };
    }

    public ITrainedCandidate Open(string folder, string shared, TrainingOptions options)
        => new TrainedPipeline(folder, shared, features, store);
}
