using System.CommandLine;
using EmotionMLNet.Files;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Reports;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>evaluate: Measures a saved model on one split of a data set.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model zip.", Required = true };
    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders, split folders, or a CSV file.", Required = true };
    private static readonly Option<string> SplitName = new("--split") { Description = "train, validation, test, or all (every image, whatever its split).", DefaultValueFactory = _ => "validation" };
    private static readonly Option<string> Json = new("--json") { Description = "Write the figures as JSON to this file; - is stdout, and then nothing else is." };
    private static readonly Option<string> Html = new("--html") { Description = "Write a self-contained page with plots and mistakes." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the division where the data has no split.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 is all cores." };

    public static Command Create()
    {
        var command = new Command("evaluate", "Measures a saved model on one split of a data set.") { Model, DataPath, SplitName, Json, Html, Seed, Threads };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string model = parsed.GetValue(Model)!, splitName = parsed.GetValue(SplitName)!;
        bool whole = splitName.Equals("all", StringComparison.OrdinalIgnoreCase);
        Split split = whole ? Split.Test : SplitNames.Parse(splitName) ?? throw new UserException($"--split {splitName}: give train, validation, test or all.");
        using var interruption = new Interruption();
        Evaluation evaluation = Measure(model, parsed.GetValue(DataPath)!, split, whole, parsed.GetValue(Seed), parsed.GetValue(Threads), interruption.Token);

        if (split == Split.Test)
        {
            int readings = TestReadings.Add(evaluation, TimeProvider.System);
            Console.Error.WriteLine($"note: reading {readings} of this test split by this model, recorded in {TestReadings.PathFor(model)}");
        }
        string? json = parsed.GetValue(Json), html = parsed.GetValue(Html);
        if (html is not null)
        {
            AtomicFile.WriteText(html, EvaluationPage.Render(evaluation));
            Console.Error.WriteLine($"page: {html}");
        }
        if (json == "-") Console.Out.Write(EvaluationJson.Render(evaluation));
        else
        {
            Console.Out.Write(EvaluationTable.Render(evaluation));
            if (json is not null) AtomicFile.WriteText(json, EvaluationJson.Render(evaluation));
        }
        return ExitCode.Ok;
    }

    /// <summary>Loads model and split, and runs one over the other.</summary>
    /// <param name="model">The zip.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="split">The part that is measured.</param>
    /// <param name="whole">Take every image as that part.</param>
    /// <param name="seed">Of the division.</param>
    /// <param name="threads">0 is all cores.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static Evaluation Measure(string model, string data, Split split, bool whole, int seed, int threads, CancellationToken cancellation)
    {
        ModelZip zip = ModelZip.Load(model);
        var options = new DataOptions { Path = data, Seed = (ulong)seed, Labels = zip.Manifest.Labels, WholeAs = whole ? split : null };
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
