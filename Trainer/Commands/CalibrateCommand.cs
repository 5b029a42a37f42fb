using EmotionMLNet.Terminal;
using System.CommandLine;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Finishing;
using EmotionMLNet.Trainer.Jobs;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>calibrate: Makes a model's confidence mean how often it is right.</summary>
internal static class CalibrateCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model zip.", Required = true };
    private static readonly Option<string> DataPath = new("--data") { Description = "The temperature is fitted on its validation split; no other is read.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "The zip to write; by default the model itself is replaced." };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed") { Description = "Seed of the division where the data has no split; by default that of the model's training." };
    private static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores." };

    public static Command Create()
    {
        var command = new Command("calibrate", "Fits a temperature on the validation split, so that confidence tells how often the label is right; labels stay the same.") { Model, DataPath, Out, Seed, Threads };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string path = parsed.GetValue(Model)!, written = parsed.GetValue(Out) ?? path;
        ModelZip model = ModelZip.Load(path);
        using var interruption = new Interruption();
        (ImageSet images, string fingerprint) = EvaluationJob.Load(model.Manifest, parsed.GetValue(DataPath)!, Split.Validation, whole: false, parsed.GetValue(Seed), interruption.Token);
        using var team = new ThreadTeam(parsed.GetValue(Threads) is > 0 and var given ? given : Environment.ProcessorCount);
        ModelZip? calibrated;
        string reason;
        using (var progress = new ConsoleProgress("evaluating", "images"))
            calibrated = TemperatureScaling.Calibrate(model, images, fingerprint, team, out reason, done => progress.Report(new WorkProgress(done, images.Count)), interruption.Token);
        if (calibrated is null) throw new UserException($"{path} was left as it is: {reason}.", ExitCode.Failure);
        foreach (string note in calibrated.Save(written)) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(TemperatureScaling.Describe(calibrated.Manifest.Calibration!));
        Console.WriteLine(written);
        return ExitCode.Ok;
    }
}
