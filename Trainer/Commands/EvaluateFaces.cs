using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>evaluate, for a face detector on photographs with boxes.</summary>
internal static class EvaluateFaces
{
    /// <summary>Measures, and writes what was asked for.</summary>
    /// <param name="model">The file of the detector.</param>
    /// <param name="data">Boxes.</param>
    /// <param name="background">Photographs without a face, or null.</param>
    /// <param name="split">validation, all, or null: the validation where these are the data that it learned from, else all.</param>
    /// <param name="seed">Of the division; null is that of our recipes.</param>
    /// <param name="threads">null is all cores.</param>
    /// <param name="json">A file, "-" for stdout, or null.</param>
    /// <param name="html">A file, or null.</param>
    /// <exception cref="UserException">There is no such part.</exception>
    public static int Execute(
        string model,
        string data,
        string? background,
        string? split,
        int? seed,
        int? threads,
        string? json,
        string? html
    )
    {
        if (split is not (null or "validation" or "all"))
            throw new UserException($"--split {split}: photographs with boxes have validation or all.");
        FaceDetectorZip zip = FaceDetectorZip.Load(model);
        using var interruption = new Interruption();
        var reporter = new ConsoleReporter();
        TrainingOptions options = TrainingDefaults.ForFaces(data);
        options = options with { Seed = seed ?? options.Seed, Faces = options.Faces! with { Background = background } };
        FaceSet set = FaceTrainingJob.Load(options, reporter, interruption.Token);
        bool isWhole = split == "all" || (split is null && zip.Manifest.DataFingerprint != set.Fingerprint);
        FaceEvaluation evaluation = FaceEvaluationJob.Measure(model, zip, set, isWhole, threads, reporter, interruption.Token);
        Console.Out.Write(json == "-" ? FaceEvaluationJson.Render(evaluation) : FaceEvaluationTable.Render(evaluation));
        Console.Out.Flush();
        if (json is not null and not "-") AtomicFile.WriteText(json, FaceEvaluationJson.Render(evaluation));
        if (html is not null)
        {
            AtomicFile.WriteText(html, FaceEvaluationPage.Render(evaluation));
            Console.Error.WriteLine(PrintableText.Line($"page: {html}"));
        }
        return ExitCode.Ok;
    }
}
