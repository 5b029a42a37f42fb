using EmotionMLNet.Files;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>An ML.NET pipeline after its training.</summary>
internal sealed class TrainedPipeline : ITrainedCandidate
{
    private const float MostDeviation = 1e-3f;

    private readonly string folder, shared;
    private readonly Features features;
    private readonly FeatureStore store;
    private readonly PipelineRecord record;
    private readonly MLContext ml = new(seed: 1);
    private readonly Lazy<ITransformer> head;

    /// <param name="folder">The run's folder.</param>
    /// <param name="shared">Where slow features are kept.</param>
    /// <param name="features">What its trainer learned from.</param>
    /// <param name="store">Features that are there already.</param>
    public TrainedPipeline(string folder, string shared, Features features, FeatureStore store)
    {
        this.folder = folder;
        this.shared = shared;
        this.features = features;
        this.store = store;
        record = PipelineRecord.Load(folder);
        head = new Lazy<ITransformer>(() => ml.Model.Load(HeadPath, out _));
    }

    public ModelManifest Manifest => new()
    {
        CreatedBy = $"{PipelineTrainer.Version}, by {ModelOrigin.CreatedBy}",
        CreatedAt = record.CreatedAt,
        Architecture = record.Pipeline,
        Labels = record.Labels,
        Preprocessing = features.Size,
        DataFingerprint = record.DataFingerprint,
        TrainingNotes = record.Notes,
    };

    public long? Parameters => record.Parameters is { } own ? features.Parameters + own : null;

    public long? MultiplyAdds => null;

    public ModelZip? Zip => null;

    private string HeadPath => Path.Combine(folder, PipelineTrainer.HeadName);

    public Evaluation Measure(ImageSet images, string fingerprint, IReporter reporter, CancellationToken cancellation)
    {
        float[][] rows = store.Compute(features, images, shared, reporter, cancellation);
        float[] probabilities = [.. Score(head.Value.Transform(FeatureRow.View(ml, rows, features.Type))).SelectMany(s => s)];
        return new Evaluation(
            HeadPath,
            Manifest,
            Parameters ?? 0,
            images,
            fingerprint,
            probabilities,
            ClassificationReport.Compute(record.Labels, probabilities, images.Classes)
        );
    }

    public string Complete()
    {
        string path = Path.Combine(folder, BestModel.FileName);
        // Without a schema: ML.NET's format for one has no images.
        if (!File.Exists(path)) AtomicFile.Write(path, stream => ml.Model.Save(Join(), inputSchema: null, stream));
        return path;
    }

    public long? PlanTrainingBytes(int trainingImages) => null;

    public Action PrepareBatch(int batch, ThreadTeam team)
    {
        var pixels = new byte[features.Size.Length];
        MLImage Picture() => PictureDecoder.FromPixels(pixels, features.Size.Width, features.Size.Height, features.Size.Channels);
        TransformerChain<ITransformer> whole = Join();
        if (batch > 1)
            return () => _ = Score(whole.Transform(ml.Data.LoadFromEnumerable(Rows()))).Count();
        PredictionEngine<PictureRow, ScoreRow> engine = ml.Model.CreatePredictionEngine<PictureRow, ScoreRow>(whole);
        return () =>
        {
            using MLImage picture = Picture();
            engine.Predict(new PictureRow { Image = picture });
        };

        IEnumerable<PictureRow> Rows() => Enumerable.Range(0, batch).Select(_ => new PictureRow { Image = Picture() });
    }

    // Front and head as one model.
    private TransformerChain<ITransformer> Join() => new(features.Front, head.Value);

    private IEnumerable<float[]> Score(IDataView scored)
    {
        foreach (float[] row in scored.GetColumn<float[]>(nameof(ScoreRow.Score)))
        {
            if (row.Length != record.Labels.Count || !(MathF.Abs(row.Sum() - 1) < MostDeviation))
                throw new TrainingFailedException(
                    $"{record.Pipeline} yields {string.Join(", ", row)}: that is no probability of each of {record.Labels.Count} labels."
                );
            yield return row;
        }
    }
}
