using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>suspects: Ranks the images whose label a model contradicts.</summary>
internal static class SuspectsCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "MODEL.zip",
        Description = "A model zip; best one that was not trained on these images.",
        Required = true,
    };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description = "Class folders, split folders, or a CSV file.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "FILE.csv",
        Description = "The CSV to write; train --exclude takes it, after you have looked at it.",
        Required = true,
    };
    private static readonly Option<string> SplitName = new("--split")
    {
        HelpName = "NAME",
        Description = "train or validation.",
        DefaultValueFactory = _ => "train",
    };
    private static readonly Option<string?> Only = new("--only")
    {
        HelpName = "FILE.csv",
        Description = "A CSV with a column path: rank these images alone, those that the model's training left out with --exclude.",
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the model.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<int> Threads = SharedOptions.Threads();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb("suspects", "Ranks the images whose label a model contradicts (confident learning).")
            .Add("What", Model, DataPath, SplitName, Only, Seed, Detector)
            .Add("Output", Out, Force)
            .Add("Machine", Threads)
            .AddExamples("--model model.zip --data FOLDER --out suspects.csv");
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string name = parsed.GetValue(SplitName)!, path = parsed.GetValue(Model)!, output = parsed.GetValue(Out)!;
        if (SplitNames.Parse(name) is not (Split.Train or Split.Validation) || SplitNames.Parse(name) is not { } split)
            throw new UserException($"--split {name}: give train or validation; labels of a test split are not looked at.");
        if (parsed.GetValue(Seed) is < 0) throw new UserException($"--seed {parsed.GetValue(Seed)}: give 0 or more.");
        if (Directory.Exists(output)) throw new UserException($"--out {output} is a folder: name a CSV file to write.");
        OutputFile.Refuse(output, parsed.GetValue(Force));
        using var interruption = new Interruption();
        ModelZip zip = ModelFile.Load(path);
        Dataset data = Load(zip.Manifest, parsed, interruption.Token);
        ImageSet images = data[split] ?? throw new UserException($"{parsed.GetValue(DataPath)} has no {name} split.");
        string? only = parsed.GetValue(Only);
        if (only is not null) images = SelectListed(images, only);
        (string seen, string explanation) = DescribeExposure(zip.Manifest, data, split, only);
        Console.Error.WriteLine(PrintableText.Line($"note: {explanation}"));

        using var team = new ThreadTeam(SharedOptions.ThreadsOf(parsed, Threads) ?? Environment.ProcessorCount);
        float[] probabilities;
        using (var progress = new ConsoleProgress("classifying", "images"))
            probabilities = new Evaluator(team).ComputeProbabilities(
                EmotionClassifier.Compile(zip),
                zip.Manifest.Preprocessing,
                images,
                done => progress.Report(new WorkProgress(done, images.Count)),
                interruption.Token
            );
        IReadOnlyList<LabelSuspect> suspects = LabelSuspects.Find(probabilities, images.Classes, images.Labels.Count);
        AtomicFile.WriteText(
            output,
            CsvLine.Format(["path", "label", "suggested", "self_confidence", "margin", "model_trained_on_it"])
                + string.Concat(
                    suspects.Select(s =>
                        CsvLine.Format([
                            images.Sources[s.Image],
                            images.Labels[s.Label],
                            images.Labels[s.Suggested],
                            Number(s.SelfConfidence),
                            Number(s.Margin),
                            seen,
                        ])
                    )
                )
        );
        Summarise(suspects, images);
        Console.Error.WriteLine(PrintableText.Line($"{output}: {suspects.Count} of {Plural.Format(images.Count, "image")}"));
        return ExitCode.Ok;
    }

    private static Dataset Load(ModelManifest manifest, ParseResult parsed, CancellationToken cancellation)
    {
        DataOptions options = RecordedDivision.CreateOptions(
            manifest,
            parsed.GetValue(DataPath)!,
            parsed.GetValue(Seed),
            SharedOptions.DetectorFor(manifest, parsed, Detector)
        );
        using var progress = new ConsoleProgress("decoding", "images");
        (Dataset data, DataReport report) = DataLoader.Load(
            options,
            manifest.Preprocessing,
            [Split.Train, Split.Validation],
            progress,
            cancellation
        );
        foreach (string note in report.Notes) Console.Error.WriteLine(PrintableText.Line($"note: {note}"));
        return data;
    }

    private static ImageSet SelectListed(ImageSet images, string list)
    {
        using var table = new ImageTable(list);
        int[] chosen = [.. table.Match(new ImageNameIndex(images.Sources)).Distinct().Order()];
        if (chosen.Length == 0)
            throw new UserException($"{list}: none of its rows names an image of {images.Name}; the first is {images.Sources[0]}.");
        return images.Subset(chosen);
    }

    /// <summary>Whether the model was trained on these images, as far as its zip tells.</summary>
    private static (string Seen, string Explanation) DescribeExposure(ModelManifest manifest, Dataset data, Split split, string? only)
    {
        if (manifest.DataFingerprint != data.Fingerprint)
            return (
                "unknown",
                "the model was made from other data than these; whether it was trained on any of these images its zip cannot tell"
            );
        if (split == Split.Validation) return ("no", "the model was not trained on this split, but its best epoch was chosen on it");
        string? excluded = manifest.Training?.Excluded;
        if (only is not null && excluded == Path.GetFileName(only))
            return (
                "no",
                $"by its settings the model was trained without the images of {excluded}: its probabilities for them are out-of-sample"
            );
        return (
            "yes",
            "the model WAS TRAINED on the images that it ranks here: labels that it has learned by heart look right to it, and "
                + "many wrong ones are missing from the list; docs/training-data.md says how to rank out-of-sample"
        );
    }

    /// <summary>How often each label is suspected to be which other, most frequent first.</summary>
    private static void Summarise(IReadOnlyList<LabelSuspect> suspects, ImageSet images)
    {
        foreach (((int label, int suggested), int count) in suspects.CountBy(s => (s.Label, s.Suggested)).OrderByDescending(p => p.Value))
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{count, 6:N0}  {images.Labels[label]} -> {images.Labels[suggested]}")
            );
    }

    private static string Number(float value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
