using EmotionMLNet.Terminal;
using System.CommandLine;
using System.Globalization;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Finishing;
using EmotionMLNet.Trainer.Jobs;
using EmotionMLNet.Trainer.Metrics;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>ensemble: Several models as one zip, whose probabilities are the mean of theirs.</summary>
internal static class EnsembleCommand
{
    private static readonly Argument<string[]> Members = new("MODEL.zip") { Description = "Two or more model zips with the same labels and preprocessing.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Weights = new("--weights") { Description = "Of the mean, one a member: 2,1,1. By default all are equal." };
    private static readonly Option<string> Out = new("--out") { Description = "The zip to write.", Required = true };
    private static readonly Option<string> DataPath = new("--data") { Description = "Measure the members and the whole on the validation split of this data." };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed") { Description = "Seed of the division where the data has no split; by default that of the members' training." };
    private static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores." };

    public static Command Create()
    {
        var command = new Command("ensemble", "Joins models into one zip whose probabilities are the mean of theirs; it is used, evaluated and exported like any other.") { Members, Weights, Out, DataPath, Seed, Threads };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(Members)!;
        string written = parsed.GetValue(Out)!;
        ModelZip ensemble = Ensemble.Join(paths, parsed.GetValue(Weights) is { } weights ? Numbers(weights) : null, TimeProvider.System);
        if (ensemble.Manifest.Settings is null) Console.Error.WriteLine("note: the members divided their data differently (or do not say how): where a source has no splits, pictures of one's validation may be another's training");
        if (parsed.GetValue(DataPath) is { } data)
        {
            using var interruption = new Interruption();
            (ImageSet images, string fingerprint) = EvaluationJob.Load(ensemble.Manifest, data, Split.Validation, whole: false, parsed.GetValue(Seed), interruption.Token);
            Console.Error.WriteLine($"on {images.Name}, {images.Count:N0} images, one forward pass each:");
            foreach (string path in paths) Say(path, Measure(path, ModelZip.Load(path)));
            ClassificationReport whole = Measure(written, ensemble);
            Say(written, whole);
            ensemble = ensemble with
            {
                Manifest = ensemble.Manifest with
                {
                    Metrics = new Dictionary<string, double> { ["validationAccuracy"] = whole.Accuracy, ["validationMacroF1"] = whole.MacroF1, ["validationLoss"] = whole.LogLoss },
                },
            };

            ClassificationReport Measure(string path, ModelZip model) => EvaluationJob.Measure(path, model, images, fingerprint, parsed.GetValue(Threads), TestTimeAugmentation.None, interruption.Token).Report;
        }
        foreach (string note in ensemble.Save(written)) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ensemble.Network.ParameterCount:N0} parameters, {ensemble.Network.MultiplyAdds / 1e6:0.0} M multiply-adds, {new FileInfo(written).Length / 1e6:0.00} MB"));
        Console.Error.WriteLine($"calibrate: calibrate --model {written} --data {parsed.GetValue(DataPath) ?? "DIR"} (a mean of calibrated members is not calibrated)");
        Console.WriteLine(written);
        return ExitCode.Ok;
    }

    private static void Say(string path, ClassificationReport r) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{path}: accuracy {r.Accuracy:P2} ({r.AccuracyLow:P1} to {r.AccuracyHigh:P1}), macro F1 {r.MacroF1:P2}, log loss {r.LogLoss:0.000}, calibration error {r.ExpectedCalibrationError:P1}"));

    private static double[] Numbers(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && v > 0 && double.IsFinite(v)
            ? v
            : throw new UserException($"--weights '{text}': '{n}' is not a positive number.")),
    ];
}
