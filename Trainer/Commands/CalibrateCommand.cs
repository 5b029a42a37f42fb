using System.CommandLine;
using EmotionMLNet.Formatting;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Jobs;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>calibrate: Makes a model's confidence mean how often it is right.</summary>
internal static class CalibrateCommand
{
    private static readonly Option<string> Model = new("--model") { HelpName = "MODEL.zip", Description = "A model zip.", Required = true };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description =
            "The temperature is fitted on what was held out of the model's training where these are its data, else on the validation "
            + "split, or on all images where the data have no splits; never on a test split.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "MODEL.zip",
        Description = "The zip to write; by default the model itself is replaced.",
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the model's training.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<int> Threads = SharedOptions.Threads();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb(
            "calibrate",
            "Fits a temperature on the validation split, so that confidence tells how often the label is right; labels stay the same."
        )
            .Add("What", Model, DataPath, Seed, Detector)
            .Add("Output", Out, Force)
            .Add("Machine", Threads)
            .AddExamples("--model model.zip --data FOLDER --out calibrated.zip");
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string path = parsed.GetValue(Model)!, written = parsed.GetValue(Out) ?? path;
        if (parsed.GetValue(Out) is not null) OutputFile.Refuse(written, parsed.GetValue(Force));
        ModelZip model = ModelFile.Load(path);
        using var interruption = new Interruption();
        MeasuredData data = MeasuredData.LoadForSelection(
            model.Manifest,
            path,
            parsed.GetValue(DataPath)!,
            parsed.GetValue(Seed),
            new ConsoleReporter(),
            interruption.Token,
            SharedOptions.DetectorFor(model.Manifest, parsed, Detector)
        );
        using var team = new ThreadTeam(parsed.GetValue(Threads) is > 0 and var given ? given : Environment.ProcessorCount);
        ModelZip? calibrated;
        string reason;
        using (var progress = new ConsoleProgress("evaluating", "images"))
            calibrated = TemperatureScaling.Calibrate(
                model,
                data.Images,
                data.Fingerprint,
                team,
                out reason,
                done => progress.Report(new WorkProgress(done, data.Images.Count)),
                interruption.Token
            );
        if (calibrated is null)
            throw new UserException(
                $"{(parsed.GetValue(Out) is null ? $"{path} was left as it is" : $"{written} was not written")}: {reason}.",
                ExitCode.Failure
            );
        foreach (string note in calibrated.Save(written)) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(PrintableText.Line(TemperatureScaling.Describe(calibrated.Manifest.Calibration!)));
        Console.WriteLine(written);
        return ExitCode.Ok;
    }
}
