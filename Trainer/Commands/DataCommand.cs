using System.CommandLine;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging;
using EmotionMLNet.Predictor;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>data: Counts and checks a data set before training.</summary>
internal static class DataCommand
{
    private static readonly DataOptions Defaults = new() { Path = "" };

    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "DIR|CSV",
        Description = "Class folders, train/val/test folders over class folders, FER2013's CSV, or a CSV of path,label[,split].",
        Required = true,
    };
    private static readonly Option<bool> Strict = new FlagOption("--strict")
    {
        Description =
            "Exit with 3 when there are findings: unusable or blank images, images in two splits, identical images under different "
            + "labels, with --faces pictures without a face or with several. Folders that can't be read are always 3.",
    };
    private static readonly Option<string?> Json = new("--json")
    {
        HelpName = "FILE|-",
        Description = "Write the report as JSON; '-' is stdout, and then nothing else is.",
    };
    private static readonly Option<string?> Labels = new("--labels")
    {
        HelpName = "LIST",
        Description = $"Classes and their order: {LabelList.Forms}; by default labels.txt beside the data, if there.",
    };
    private static readonly Option<long> Seed = new NumberOption<long>("--seed")
    {
        Description = "Deals images over splits where the source gives none.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<double> ValidationFraction = new NumberOption<double>("--validation-fraction")
    {
        Description = "Share that becomes validation where the data has none.",
        DefaultValueFactory = _ => Defaults.ValidationFraction,
    };
    private static readonly Option<double> TestFraction = new NumberOption<double>("--test-fraction")
    {
        Description = "Share that becomes the test where the data has no split.",
        DefaultValueFactory = _ => Defaults.TestFraction,
    };
    private static readonly Option<bool> SimilarTogether = new FlagOption("--similar-together")
    {
        Description = "Pictures that look the same stay in one split where the data has none.",
    };
    private static readonly Option<int> Width = new NumberOption<int>("--width")
    {
        Description = "Network width at which pixels are compared.",
        DefaultValueFactory = _ => 48,
    };
    private static readonly Option<int> Height = new NumberOption<int>("--height")
    {
        Description = "Network height at which pixels are compared.",
        DefaultValueFactory = _ => 48,
    };
    private static readonly Option<int> Channels = new NumberOption<int>("--channels")
    {
        Description = "1 compares in grey, 3 in colour.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<long> MaxPixels = new NumberOption<long>("--max-pixels")
    {
        Description = "Largest width times height of a picture.",
        DefaultValueFactory = _ => Defaults.MaxPixels,
    };

    private static readonly Option<bool> Faces = new FlagOption("--faces")
    {
        Description = "Find faces too: count them, and list pictures without one or with several.",
    };
    private static readonly Option<string?> Detector = new("--detector")
    {
        HelpName = "FILE",
        Description = $"A face detector; by default {ModelChoice.Detector}.zip, found where models are.",
    };
    private static readonly Option<string?> Leaks = new("--leaks")
    {
        HelpName = "FILE",
        Description =
            "Write the training images that stand in validation or test too or under two labels, and blank ones, for train --exclude.",
    };
    private static readonly Option<bool> Force = new FlagOption("--force")
    {
        Description = "Replace the files of --json and --leaks if they exist.",
    };

    public static Command Create()
    {
        var command = new Verb("data", "Counts and checks a data set before training.")
            .Add("Data", DataPath, Labels, MaxPixels)
            .Add("Division where the data has none", Seed, ValidationFraction, TestFraction, SimilarTogether)
            .Add("Comparison of pixels", Width, Height, Channels)
            .Add("Faces", Faces, Detector)
            .Add("Output", Strict, Json, Leaks, Force)
            .AddExamples("--data FOLDER --strict", "--data FOLDER --leaks leaks.csv", "--data FOLDER --faces");
        command.SetAction(
            (parsed, cancellation) => Task.Run(() => CommandGuard.Run(() => Check(parsed, cancellation)), CancellationToken.None)
        );
        return command;
    }

    private static int Check(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new DataOptions
        {
            Path = parsed.GetValue(DataPath)!,
            SplitSeed = parsed.GetValue(Seed),
            ValidationFraction = parsed.GetValue(ValidationFraction),
            TestFraction = parsed.GetValue(TestFraction),
            SimilarTogether = parsed.GetValue(SimilarTogether),
            Labels = parsed.GetValue(Labels) is { } labels ? SharedOptions.ReadLabels(Labels, labels) : null,
            MaxPixels = parsed.GetValue(MaxPixels),
        };
        (int width, int height, int channels) = (parsed.GetValue(Width), parsed.GetValue(Height), parsed.GetValue(Channels));
        if (width is < 1 or > 4096 || height is < 1 or > 4096)
            throw new UserException($"--width and --height are {width} and {height}: give numbers from 1 to 4096.");
        if (channels is not (1 or 3)) throw new UserException($"--channels is {channels}: give 1 or 3.");
        string? leaks = parsed.GetValue(Leaks), json = parsed.GetValue(Json);
        if (leaks is not null) OutputFile.Refuse(leaks, parsed.GetValue(Force));
        if (json is not null and not "-") OutputFile.Refuse(json, parsed.GetValue(Force));
        var preprocessing = new ImagePreprocessing
        {
            Width = width,
            Height = height,
            Channels = channels,
            Mean = new float[channels],
            StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
        };

        FaceDetector? detector = LoadDetector(parsed, options);
        DataReport report;
        var progress = new ConsoleProgress("Reading images", "images");
        try
        {
            report = DataLoader.Scan(options, preprocessing, progress, detector, StartSearch, cancellation);
        }
        finally
        {
            progress.Dispose();
        }
        if (report.Splits.Sum(s => s.Usable.Sum()) == 0)
            throw new UserException(
                $"{options.Path}: none of {Plural.Format(report.Unusable.Count, "file or row", "files and rows")} is a usable "
                    + $"picture ({report.Unusable[0].Name}: {report.Unusable[0].Reason})."
            );
        if (json == "-") Console.Out.Write(DataReportJson.Write(report));
        else DataReportText.Write(report, Console.Out);
        if (json is not null and not "-") AtomicFile.WriteText(json, DataReportJson.Write(report));
        if (leaks is not null)
        {
            IReadOnlyList<Leak> found = Leak.Find(report);
            AtomicFile.WriteText(
                leaks,
                CsvLine.Format(["path", "reason"]) + string.Concat(found.Select(l => CsvLine.Format([l.Name, l.Reason])))
            );
            Console.Error.WriteLine(
                $"{PrintableText.Line(leaks)}: {Plural.Format(found.Count, "training image")}; leave them out with train "
                    + $"--exclude {PrintableText.Line(leaks)}"
            );
        }
        if (report.Unreadable.Count == 0 && (!parsed.GetValue(Strict) || !report.HasFindings)) return ExitCode.Ok;
        Console.Error.WriteLine(PrintableText.Line($"{options.Path}: {report.Findings()}."));
        return ExitCode.Findings;

        // The rate is that of the search alone.
        ConsoleProgress StartSearch()
        {
            progress.Dispose();
            return progress = new ConsoleProgress("Finding faces", "images");
        }
    }

    private static FaceDetector? LoadDetector(ParseResult parsed, DataOptions options)
    {
        string? asked = parsed.GetValue(Detector);
        if (!parsed.GetValue(Faces)) return asked is null ? null : throw new UserException("--detector finds faces: add --faces.");
        string? file = ModelChoice.FindDetector(asked, ModelChoice.Folders(), out string problem);
        return ModelChoice.LoadDetector(file ?? throw new UserException(problem), new ImageReaderOptions { MaxPixels = options.MaxPixels });
    }
}
