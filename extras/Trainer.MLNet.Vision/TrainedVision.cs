using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Trainer.MLNet.Vision;

/// <summary>What ImageClassificationTrainer left.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="size">What the network sees.</param>
internal sealed class TrainedVision(string folder, ImagePreprocessing size) : ITrainedCandidate
{
    private readonly PipelineRecord record = PipelineRecord.Load(folder);
    private readonly MLContext ml = new(seed: 1);

    public ModelManifest Manifest => new()
    {
        CreatedBy = $"{PipelineTrainer.Version}, by {ModelOrigin.CreatedBy}",
        CreatedAt = record.CreatedAt,
        Architecture = record.Pipeline,
        Labels = record.Labels,
        Preprocessing = size,
        DataFingerprint = record.DataFingerprint,
        TrainingNotes = record.Notes,
    };

    public long? Parameters => null;

    public long? MultiplyAdds => null;

    public ModelZip? Zip => null;

    public string Complete() => Path.Combine(folder, BestModel.FileName);

    public long? PlanTrainingBytes(int trainingImages) => null;

    public Evaluation Measure(ImageSet images, string fingerprint, IReporter reporter, CancellationToken cancellation)
    {
        IDataView scored = Load().Transform(StoredRow.View(ml, images));
        float[] probabilities = [.. scored.GetColumn<float[]>(nameof(ScoreRow.Score)).SelectMany(s => s)];
        ClassificationReport report = ClassificationReport.Compute(record.Labels, probabilities, images.Classes);
        return new Evaluation(Complete(), Manifest, 0, images, fingerprint, probabilities, report);
    }

    public Action PrepareBatch(int batch, ThreadTeam team)
    {
        ITransformer model = Load();
        byte[] picture = StoredRow.Encode(new byte[size.Length], size.Width, size.Height, size.Channels);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Repeat(new StoredRow { Image = picture }, batch));
        return () => _ = model.Transform(rows).GetColumn<float[]>(nameof(ScoreRow.Score)).Count();
    }

    private ITransformer Load() => ml.Model.Load(Complete(), out _);
}
