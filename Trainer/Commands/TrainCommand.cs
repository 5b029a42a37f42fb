using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>train: Trains a network on a folder of images.</summary>
internal static class TrainCommand
{
    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders, split folders, or a CSV file." };
    private static readonly Option<string> Architecture = new("--arch") { Description = "Name of a network, see 'architectures'." };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder; by default artifacts/ARCH-DATE-TIME." };
    private static readonly Option<string> Settings = new("--settings") { Description = "JSON file of settings; the command line goes before it." };
    private static readonly Option<string> Resume = new("--resume") { Description = "Run folder of an interrupted run, continued to the same bits." };

    public static Command Create()
    {
        var command = new Command("train", "Trains a network on a folder of images. The test split is never read.") { DataPath, Architecture, Out, Settings, Resume };
        foreach (Option option in TrainSettings.Options) command.Add(option);
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string? resumed = parsed.GetValue(Resume);
        TrainingOptions options = Resolve(parsed, resumed);
        string[] problems = [.. options.Problems()];
        foreach (string problem in problems) Console.Error.WriteLine(problem);
        if (problems.Length > 0) return ExitCode.Usage;
        return Run(options, resumed ?? parsed.GetValue(Out) ?? NewFolder(options.Architecture), resumed is not null);
    }

    /// <summary>Loads the data, trains, and says where everything is.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    public static int Run(TrainingOptions options, string folder, bool resume)
    {
        if (!resume && File.Exists(Path.Combine(folder, Checkpoint.FileName)))
            throw new UserException($"{folder} holds a run already: continue it with --resume {folder}, or choose another --out.");
        using var interruption = new Interruption();
        ImagePreprocessing preprocessing = TrainingParts.Preprocessing(options);
        ModelZip? start = options.From is { } zip ? ModelZip.Load(zip) : null;
        if (start is not null) preprocessing = start.Manifest.Preprocessing;
        Dataset data = Load(options, preprocessing, interruption.Token);
        Network network = start is null ? TrainingParts.Network(options, preprocessing, data.Labels.Count) : WarmStart.From(start, data.Labels, options.Seed, Console.Error);

        Directory.CreateDirectory(folder);
        if (!resume) AtomicFile.WriteText(Path.Combine(folder, SettingsFile.FileName), SettingsFile.Write(options));
        TimeProvider time = TimeProvider.System;
        using var run = new TrainingRun(options, network, preprocessing, data, folder,
            [ConsoleTable.ForStderr(time), new JsonLog(), new TensorBoardLog(time), new Charts(), new BestModel(time)], time);
        if (resume) run.Resume();
        else AugmentationSheet.Write(Path.Combine(folder, "augmentation.png"), data[Split.Train]!, new Augmenter(options.Augmentation, preprocessing), (ulong)options.Seed);

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Architecture}: {network.ParameterCount:N0} parameters, {network.MultiplyAdds / 1e6:0.0} M multiply-adds; {run.TrainingImages:N0} training images; run folder {folder}"));
        run.Train(interruption.Token);
        Report(run, folder);
        return interruption.Token.IsCancellationRequested && run.Progress.Finished is null ? ExitCode.Cancelled : ExitCode.Ok;
    }

    private static TrainingOptions Resolve(ParseResult parsed, string? resumed)
    {
        string? file = parsed.GetValue(Settings);
        if (resumed is not null)
        {
            if (file is not null || parsed.GetValue(Out) is not null) throw new UserException("--resume takes its settings from the run folder: leave --settings and --out away.");
            file = Path.Combine(resumed, SettingsFile.FileName);
            if (!File.Exists(file)) throw new UserException($"{resumed} is no run folder: it has no {SettingsFile.FileName}.");
        }
        (string? architecture, string? data) = file is null ? (null, null) : SettingsFile.Peek(file);
        data = parsed.GetValue(DataPath) ?? data ?? throw new UserException("--data is missing: give a folder or a CSV file.");
        architecture = parsed.GetValue(Architecture) ?? architecture ?? "emotion-cnn";
        TrainingOptions options = TrainingDefaults.For(architecture, data);
        if (file is not null) options = SettingsFile.Overlay(options, file) with { Data = data, Architecture = architecture };
        options = TrainSettings.Apply(options, parsed);
        if (options.From is { } from && File.Exists(from)) options = options with { Architecture = ModelZip.Load(from).Manifest.Architecture };
        return options;
    }

    private static Dataset Load(TrainingOptions options, ImagePreprocessing preprocessing, CancellationToken cancellation)
    {
        using var progress = new ConsoleProgress("decoding", "images");
        var where = new DataOptions { Path = options.Data, Seed = (ulong)options.Seed, Strict = options.Strict, LabelsFile = options.LabelsFile };
        (Dataset data, DataReport report) = DataLoader.Load(where, preprocessing, [Split.Train, Split.Validation], progress, cancellation);
        foreach (string note in report.Notes) Console.Error.WriteLine($"note: {note}");
        if (report.HasFindings) Console.Error.WriteLine($"note: findings: {report.Findings()} (the data verb lists them)");
        return data;
    }

    private static string NewFolder(string architecture)
        => Path.Combine("artifacts", string.Create(CultureInfo.InvariantCulture, $"{architecture}-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}"));

    private static void Report(TrainingRun run, string folder)
    {
        if (run.Progress.Best is not { } best) return;
        string model = Path.Combine(folder, BestModel.FileName);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"best epoch {best.Epoch}: {best.ValidationAccuracy:P1} accuracy, {best.MacroF1:P1} macro F1 on {run.Data[Split.Validation]!.Name}, the split it was chosen on (seed {run.Options.Seed}, no test-time augmentation)"));
        Console.Error.WriteLine($"evaluate: evaluate --model {model} --data {run.Options.Data} --split validation");
        Console.Error.WriteLine($"classify: Predictor.Console {model} FOLDER");
        Console.WriteLine(model);
    }
}
