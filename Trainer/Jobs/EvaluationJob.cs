using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Reports;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Jobs;

/// <summary>A whole evaluation: from a model zip and a folder of pictures to figures.</summary>
internal static class EvaluationJob
{
    /// <summary>Loads model and split, and runs one over the other.</summary>
    /// <param name="model">The zip.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="split">The part that is measured.</param>
    /// <param name="whole">Take every image as that part.</param>
    /// <param name="seed">Of the division; null is that of the model's training.</param>
    /// <param name="threads">0 is all cores.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(string model, string data, Split split, bool whole, int? seed, int threads, CancellationToken cancellation)
    {
        ModelZip zip = ModelZip.Load(model);
        DataOptions options = TrainingData.For(zip.Manifest, data, seed) with { WholeAs = whole ? split : null };
        Dataset dataset;
        using (var decoding = new ConsoleProgress("decoding", "images"))
        {
            (dataset, DataReport report) = DataLoader.Load(options, zip.Manifest.Preprocessing, [split], decoding, cancellation);
            foreach (string note in report.Notes) Console.Error.WriteLine($"note: {note}");
            foreach (UnusableImage image in report.Unusable) Console.Error.WriteLine($"unusable: {image.Name}: {image.Reason}");
        }
        ImageSet images = dataset[split] ?? throw new UserException($"{data} has no {SplitNames.Of(split)} split: choose another --split, or all.");
        return Measure(model, zip, images, dataset.Fingerprint, threads, cancellation);
    }

    /// <summary>Runs a loaded model over a loaded split.</summary>
    /// <param name="model">Where the zip is.</param>
    /// <param name="zip">What it holds.</param>
    /// <param name="images">Prepared as the model wants it, classes in the order of its labels.</param>
    /// <param name="fingerprint">Of the data.</param>
    /// <param name="threads">0 is all cores.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(string model, ModelZip zip, ImageSet images, string fingerprint, int threads, CancellationToken cancellation)
    {
        using var team = new ThreadTeam(threads == 0 ? Environment.ProcessorCount : threads);
        using var progress = new ConsoleProgress("evaluating", "images");
        float[] probabilities = new Evaluator(team).Probabilities(EmotionClassifier.Compile(zip), zip.Manifest.Preprocessing, images,
            done => progress.Report(new WorkProgress(done, images.Count)), cancellation);
        ClassificationReport figures = ClassificationReport.Compute(zip.Manifest.Labels, probabilities, images.Classes);
        return new Evaluation(model, zip.Manifest, zip.Network.ParameterCount, images, fingerprint, probabilities, figures);
    }
}
