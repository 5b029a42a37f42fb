using System.CommandLine;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>evaluate: Measures a saved model on pictures with labels, or a detector on photographs with boxes.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "MODEL.zip",
        Description = "A model zip, or a face detector.",
        Required = true,
    };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description = "Class folders, split folders, or a CSV file; for a detector, boxes as CSV, COCO, PASCAL VOC or YOLO.",
        Required = true,
    };
    private static readonly Option<string> SplitName = new("--split")
    {
        HelpName = "NAME",
        Description =
            "train, validation, test, or all (every image, whatever its split). By default what was held out of the model's training "
            + "where these are its data, else the validation split, or all images where the data have none.",
    };
    private static readonly Option<string> Tta = new("--tta")
    {
        HelpName = "VIEWS",
        Description = $"Measure test-time augmentation too, beside the single pass: {TestTimeAugmentation.Forms}.",
        DefaultValueFactory = _ => "none",
    };
    private static readonly Option<string> Json = new("--json")
    {
        HelpName = "FILE|-",
        Description = "Write the figures as JSON to this file; - is stdout, and then nothing else is.",
    };
    private static readonly Option<string> Html = new("--html")
    {
        HelpName = "FILE.html",
        Description = "Write a self-contained page with plots and mistakes.",
    };
    private static readonly Option<bool> Record = new FlagOption("--record")
    {
        Description = "Put the figures into the zip's manifest and model card.",
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the model's training.",
    };
    private static readonly Option<string> Background = new("--background")
    {
        HelpName = "DIR",
        Description = "For a face detector: photographs without a face, which are measured too.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<int> Threads = SharedOptions.Threads();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb("evaluate", "Measures a saved model on pictures with labels, or a face detector on photographs with boxes.")
            .Add("What", Model, DataPath, SplitName, Seed, Detector, Background)
            .Add("Figures", Tta, Record)
            .Add("Output", Json, Html, Force)
            .Add("Machine", Threads)
            .AddExamples(
                "--model model.zip --data FOLDER --html validation.html",
                "--model faces.zip --data faces.csv --html faces.html"
            );
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string model = parsed.GetValue(Model)!, data = parsed.GetValue(DataPath)!;
        string? json = parsed.GetValue(Json), html = parsed.GetValue(Html);
        TestTimeAugmentation tta = TestTimeAugmentation.TryParse(parsed.GetValue(Tta), out TestTimeAugmentation? views)
            ? views
            : throw new UserException($"--tta {parsed.GetValue(Tta)}: give {TestTimeAugmentation.Forms}.");
        foreach (string file in new[] { json == "-" ? null : json, html }.OfType<string>()) OutputFile.Refuse(file, parsed.GetValue(Force));
        if (ModelFile.IsDetector(model))
            return EvaluateFaces.Execute(
                model,
                data,
                parsed.GetValue(Background),
                parsed.GetValue(SplitName),
                parsed.GetValue(Seed),
                SharedOptions.ThreadsOf(parsed, Threads),
                json,
                html
            );
        if (parsed.GetValue(Background) is not null) throw new UserException("--background is for face detectors: leave it away.");
        (Split Split, bool Whole)? asked = ReadSplit(parsed);
        ModelZip zip = ModelFile.Load(model);
        string? detector = SharedOptions.DetectorFor(zip.Manifest, parsed, Detector);
        using var interruption = new Interruption();
        MeasuredData part = asked is var (split, whole)
            ? MeasuredData.LoadPart(
                zip.Manifest,
                data,
                split,
                whole,
                parsed.GetValue(Seed),
                "choose another --split, or all",
                new ConsoleReporter(),
                interruption.Token,
                detector
            )
            : MeasuredData.LoadHeldOut(zip.Manifest, model, data, choosing: false, new ConsoleReporter(), interruption.Token, detector);
        Evaluation evaluation = EvaluationJob.Measure(
            model,
            zip,
            part.Images,
            part.Fingerprint,
            SharedOptions.ThreadsOf(parsed, Threads),
            tta,
            new ConsoleReporter(),
            interruption.Token
        ) with
        {
            Part = part.Part,
        };

        // What may fail comes after the figures.
        Console.Out.Write(json == "-" ? EvaluationJson.Render(evaluation) : EvaluationTable.Render(evaluation));
        Console.Out.Flush();
        if (evaluation.Images.Split == Split.Test)
        {
            string what = asked?.Whole == false ? "this test split" : "these pictures";
            Console.Error.WriteLine(PrintableText.Line($"note: {TestReadings.Add(evaluation, TimeProvider.System).Describe(what)}"));
        }
        if (json is not null and not "-") AtomicFile.WriteText(json, EvaluationJson.Render(evaluation));
        if (html is not null)
        {
            AtomicFile.WriteText(html, EvaluationPage.Render(evaluation));
            Console.Error.WriteLine(PrintableText.Line($"page: {html}"));
        }
        if (parsed.GetValue(Record)) Measurements.Record(evaluation);
        return ExitCode.Ok;
    }

    // A seed divides, so whoever gives one asks for a part of that division.
    private static (Split Split, bool Whole)? ReadSplit(ParseResult parsed)
    {
        if (parsed.GetValue(SplitName) is not { } name) return parsed.GetValue(Seed) is null ? null : (Split.Validation, false);
        if (name.Equals("all", StringComparison.OrdinalIgnoreCase)) return (Split.Test, true);
        return (SplitNames.Parse(name) ?? throw new UserException($"--split {name}: give train, validation, test or all."), false);
    }
}
