using EmotionMLNet.Terminal;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
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
    /// <param name="augmentation">Measured besides, and reported apart; none measures one pass alone.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(string model, string data, Split split, bool whole, int? seed, int threads, TestTimeAugmentation augmentation, CancellationToken cancellation)
    {
        ModelZip zip = ModelZip.Load(model, cancellation);
        (ImageSet images, string fingerprint) = Load(zip.Manifest, data, split, whole, seed, cancellation);
        return Measure(model, zip, images, fingerprint, threads, augmentation, cancellation);
    }

    /// <summary>Loads one split as a model wants it, and says what is wrong with it.</summary>
    /// <param name="manifest">Labels and preprocessing.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="split">The part.</param>
    /// <param name="whole">Take every image as that part.</param>
    /// <param name="seed">Of the division; null is that of the model's training.</param>
    /// <param name="cancellation">Checked between images.</param>
    /// <exception cref="UserException">The data has no such split.</exception>
    public static (ImageSet Images, string Fingerprint) Load(ModelManifest manifest, string data, Split split, bool whole, int? seed, CancellationToken cancellation)
    {
        DataOptions options = TrainingData.For(manifest, data, seed) with { WholeAs = whole ? split : null };
        Dataset dataset;
        using (var decoding = new ConsoleProgress("decoding", "images"))
        {
            (dataset, DataReport report) = DataLoader.Load(options, manifest.Preprocessing, [split], decoding, cancellation);
            foreach (string note in report.Notes) Console.Error.WriteLine($"note: {note}");
            foreach (UnusableImage image in report.Unusable) Console.Error.WriteLine($"unusable: {image.Name}: {image.Reason}");
        }
        ImageSet images = dataset[split] ?? throw new UserException($"{data} has no {SplitNames.Of(split)} split: choose another --split, or all.");
        return (images, dataset.Fingerprint);
    }

    /// <summary>Runs a loaded model over a loaded split.</summary>
    /// <param name="model">Where the zip is.</param>
    /// <param name="zip">What it holds.</param>
    /// <param name="images">Prepared as the model wants it, classes in the order of its labels.</param>
    /// <param name="fingerprint">Of the data.</param>
    /// <param name="threads">0 is all cores.</param>
    /// <param name="augmentation">Measured besides, and reported apart; none measures one pass alone.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(string model, ModelZip zip, ImageSet images, string fingerprint, int threads, TestTimeAugmentation augmentation, CancellationToken cancellation)
    {
        using var team = new ThreadTeam(threads == 0 ? Environment.ProcessorCount : threads);
        (float[] probabilities, ClassificationReport figures) = Read(TestTimeAugmentation.None);
        var evaluation = new Evaluation(model, zip.Manifest, zip.Network.ParameterCount, images, fingerprint, probabilities, figures);
        if (augmentation.Views == 1) return evaluation;
        (float[] averaged, ClassificationReport more) = Read(augmentation);
        return evaluation with { Augmented = new AugmentedReading(augmentation, averaged, more) };

        (float[], ClassificationReport) Read(TestTimeAugmentation views)
        {
            using var progress = new ConsoleProgress(views.Views == 1 ? "evaluating" : $"evaluating with {views}", "images");
            float[] read = new Evaluator(team).Probabilities(EmotionClassifier.Compile(zip, views), zip.Manifest.Preprocessing, images, views, done => progress.Report(new WorkProgress(done, images.Count)), cancellation);
            return (read, ClassificationReport.Compute(zip.Manifest.Labels, read, images.Classes));
        }
    }
}
