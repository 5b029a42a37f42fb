using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Jobs;

/// <summary>A whole evaluation: from a model zip and a folder of pictures to figures.</summary>
internal static class EvaluationJob
{
    /// <summary>Loads model and split, and runs one over the other.</summary>
    /// <param name="model">The zip.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="split">The part that is measured.</param>
    /// <param name="whole">Take every image as that part.</param>
    /// <param name="seed">The seed of the division; null is that of the model's training.</param>
    /// <param name="threads">null is all cores.</param>
    /// <param name="augmentation">Measured besides, and reported apart; none measures one pass alone.</param>
    /// <param name="reporter">Shows how far the evaluation is.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(
        string model,
        string data,
        Split split,
        bool whole,
        int? seed,
        int? threads,
        TestTimeAugmentation augmentation,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        ModelZip zip = ModelFile.Load(model);
        MeasuredData part = MeasuredData.LoadPart(
            zip.Manifest,
            data,
            split,
            whole,
            seed,
            "choose another split, or all",
            reporter,
            cancellation
        );
        return Measure(model, zip, part.Images, part.Fingerprint, threads, augmentation, reporter, cancellation) with { Part = part.Part };
    }

    /// <summary>Runs a loaded model over a loaded split.</summary>
    /// <param name="model">The path of the zip.</param>
    /// <param name="zip">The zip's content.</param>
    /// <param name="images">Prepared as the model wants it, classes in the order of its labels.</param>
    /// <param name="fingerprint">The fingerprint of the data.</param>
    /// <param name="threads">null is all cores.</param>
    /// <param name="augmentation">Measured besides, and reported apart; none measures one pass alone.</param>
    /// <param name="reporter">Shows how far the evaluation is.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(
        string model,
        ModelZip zip,
        ImageSet images,
        string fingerprint,
        int? threads,
        TestTimeAugmentation augmentation,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        using var team = new ThreadTeam(threads ?? Environment.ProcessorCount);
        (float[] probabilities, ClassificationReport figures) = Read(TestTimeAugmentation.None);
        var evaluation = new Evaluation(model, zip.Manifest, zip.Network.ParameterCount, images, fingerprint, probabilities, figures);
        if (augmentation.Views == 1) return evaluation;
        (float[] averaged, ClassificationReport more) = Read(augmentation);
        return evaluation with { Augmented = new AugmentedEvaluation(augmentation, averaged, more) };

        (float[], ClassificationReport) Read(TestTimeAugmentation views)
        {
            using IWork progress = reporter.Begin(views.Views == 1 ? "evaluating" : $"evaluating with {views}", "images");
            float[] read = new Evaluator(team).ComputeProbabilities(
                EmotionClassifier.Compile(zip, views),
                zip.Manifest.Preprocessing,
                images,
                views,
                done => progress.Report(new WorkProgress(done, images.Count)),
                cancellation
            );
            return (read, ClassificationReport.Compute(zip.Manifest.Labels, read, images.Classes));
        }
    }
}
