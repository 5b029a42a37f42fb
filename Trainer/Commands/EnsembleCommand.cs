using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>ensemble: Several models as one zip, whose probabilities are the mean of theirs.</summary>
internal static class EnsembleCommand
{
    private static readonly Argument<string[]> Members = new("MODEL.zip")
    {
        Description = "Two or more model zips with the same labels and preprocessing.",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string> Weights = new("--weights")
    {
        HelpName = "LIST",
        Description = "Of the mean, one a member: 2,1,1. By default all are equal.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "MODEL.zip",
        Description = "The zip to write.",
        Required = true,
    };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description =
            "Measure the members and the whole on what was held out of the training of all where these are its data, else on the "
            + "validation split, or on all images where the data have no splits.",
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the members' training.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<int> Threads = SharedOptions.Threads();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb(
            "ensemble",
            "Joins models into one zip whose probabilities are the mean of theirs; it is used, evaluated and exported like any other."
        )
            .Add("Members", Weights)
            .Add("Output", Out, Force)
            .Add("Measurement", DataPath, Seed, Detector, Threads)
            .AddExamples("a.zip b.zip --weights 2,1 --out both.zip --data FOLDER");
        command.Arguments.Add(Members);
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(Members)!;
        string written = parsed.GetValue(Out)!;
        OutputFile.Refuse(written, parsed.GetValue(Force));
        ModelZip ensemble = Ensemble.Join(
            paths,
            parsed.GetValue(Weights) is { } weights ? MemberWeights(weights, paths.Length) : null,
            TimeProvider.System
        );
        if (ensemble.Manifest.Division is null)
            Console.Error.WriteLine(
                "note: the members divided their data differently (or do not say how): where a source has no splits, pictures of "
                    + "one's validation may be another's training"
            );
        if (parsed.GetValue(DataPath) is { } data)
        {
            using var interruption = new Interruption();
            (ImageSet images, string fingerprint, _) = MeasuredData.LoadForSelection(
                ensemble.Manifest,
                paths[0],
                data,
                parsed.GetValue(Seed),
                new ConsoleReporter(),
                interruption.Token,
                SharedOptions.DetectorFor(ensemble.Manifest, parsed, Detector)
            );
            Console.Error.WriteLine($"{Plural.Format(images.Count, "picture")}, one forward pass each, 95 % intervals in brackets:");
            foreach (string path in paths) PrintFigures(path, Measure(path, ModelFile.Load(path)));
            ClassificationReport whole = Measure(written, ensemble);
            PrintFigures(written, whole);
            Console.Error.WriteLine(
                BaselineAccuracy.Compute(images.Classes, ensemble.Manifest.Labels.Count).Describe(ensemble.Manifest.Labels)
            );
            ensemble = ensemble with
            {
                Manifest = ensemble.Manifest with
                {
                    Metrics = new Dictionary<string, double>
                    {
                        ["validationAccuracy"] = whole.Accuracy,
                        ["validationMacroF1"] = whole.MacroF1,
                        ["validationLoss"] = whole.LogLoss,
                    },
                },
            };

            ClassificationReport Measure(string path, ModelZip model) =>
                EvaluationJob
                    .Measure(
                        path,
                        model,
                        images,
                        fingerprint,
                        SharedOptions.ThreadsOf(parsed, Threads),
                        TestTimeAugmentation.None,
                        new ConsoleReporter(),
                        interruption.Token
                    )
                    .Report;
        }
        foreach (string note in ensemble.Save(written)) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ensemble.Network.ParameterCount:N0} parameters, {ensemble.Network.MultiplyAdds / 1e6:0.0} M multiply-adds, "
                    + $"{new FileInfo(written).Length / 1e6:0.00} MB"
            )
        );
        Console.Error.WriteLine(
            $"a mean of calibrated members is not calibrated: {ProgramName.Own} calibrate --model {ShellQuote.Argument(written)} "
                + $"--data {(parsed.GetValue(DataPath) is { } pictures ? ShellQuote.Argument(pictures) : "DIR")}"
        );
        Console.WriteLine(written);
        return ExitCode.Ok;
    }

    private static void PrintFigures(string path, ClassificationReport r) =>
        Console.Error.WriteLine(
            PrintableText.Line(
                $"{path}: accuracy {FigureText.WithInterval(r)}, macro F1 {FigureText.Percent(r.MacroF1)}, log loss "
                    + $"{FigureText.Number(r.LogLoss)}, calibration error {FigureText.Percent(r.ExpectedCalibrationError)}"
            )
        );

    private static double[] MemberWeights(string text, int members)
    {
        double[] weights = SharedOptions.List("--weights", text);
        if (weights.Length != members)
        {
            string comma = weights.Length == 2 * members ? "; decimals have a point, as in 0.7,0.3" : "";
            throw new UserException(
                $"--weights {text}: {Plural.Format(weights.Length, "number")} for {Plural.Format(members, "member")}; give one "
                    + $"each, in their order{comma}."
            );
        }
        return weights.All(w => w > 0) ? weights : throw new UserException($"--weights {text}: a weight is above 0.");
    }
}
