using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;
using EmotionMLNet.Trainer.Transfer;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>train: Trains a network on a folder of images.</summary>
internal static class TrainCommand
{
    private static readonly string DefaultCache = Path.Combine("artifacts", "bottlenecks");
    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders, split folders, or a CSV file." };
    private static readonly Option<string> Architecture = new("--arch") { Description = "Name of a network, see 'architectures'." };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder; by default artifacts/ARCH-DATE-TIME." };
    private static readonly Option<string> Settings = new("--settings") { Description = "JSON file of settings; the command line goes before it." };
    private static readonly Option<string> Resume = new("--resume") { Description = "Run folder of an interrupted run, continued to the same bits." };

    private static readonly Option<string> Bottlenecks = new("--bottlenecks") { Description = "Folder of cached features for --freeze all; may be deleted at any time.", DefaultValueFactory = _ => DefaultCache };

    public static Command Create()
    {
        var command = new Command("train", "Trains a network on a folder of images. The test split is never read.") { DataPath, Architecture, Out, Settings, Resume, Bottlenecks };
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
        return Run(options, resumed ?? parsed.GetValue(Out) ?? NewFolder(options.Architecture), resumed is not null, parsed.GetValue(Bottlenecks));
    }

    /// <summary>Loads the data, trains, and says where everything is.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    /// <param name="cache">Folder of bottleneck features, for a frozen backbone; null means the usual one.</param>
    public static int Run(TrainingOptions options, string folder, bool resume, string? cache = null)
    {
        using var interruption = new Interruption();
        TrainingProgress progress = Train(options, folder, resume, cache, interruption.Token);
        if (progress.Best is not null)
        {
            string model = Path.Combine(folder, BestModel.FileName);
            Console.Error.WriteLine($"evaluate: evaluate --model {model} --data {options.Data} --split validation");
            Console.Error.WriteLine($"classify: Predictor.Console {model} FOLDER");
            Console.WriteLine(model);
        }
        return interruption.Token.IsCancellationRequested && progress.Finished is null ? ExitCode.Cancelled : ExitCode.Ok;
    }

    /// <summary>Loads the data and trains, with everything that belongs into a run folder.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    /// <param name="cache">Folder of bottleneck features, for a frozen backbone; null means the usual one.</param>
    /// <param name="cancellation">Ends the run; its checkpoint is that of the last whole epoch.</param>
    /// <param name="more">Listeners besides the usual ones.</param>
    public static TrainingProgress Train(TrainingOptions options, string folder, bool resume, string? cache, CancellationToken cancellation, params ITrainingListener[] more)
    {
        if (!resume && File.Exists(Path.Combine(folder, Checkpoint.FileName)))
            throw new UserException($"{folder} holds a run already: continue it with --resume {folder}, or choose another --out.");
        ModelZip? start = options.Start is { } file ? WarmStart.Load(file, options) : null;
        ImagePreprocessing preprocessing = start?.Manifest.Preprocessing ?? TrainingParts.Preprocessing(options);
        options = TrainingParts.Resolve(options, preprocessing);
        Dataset data = Load(options, preprocessing, cancellation);
        Network network = start is null ? TrainingParts.Network(options, preprocessing, data.Labels.Count) : WarmStart.From(start, data.Labels, newHead: options.Backbone is not null, options.Seed, Console.Error);

        Directory.CreateDirectory(folder);
        if (!resume) AtomicFile.WriteText(Path.Combine(folder, SettingsFile.FileName), SettingsFile.Write(options));
        TimeProvider time = TimeProvider.System;
        if (options.Freeze == "all") return TrainHead(options, network, preprocessing, data, folder, cache ?? DefaultCache, time, cancellation);
        using var run = new TrainingRun(options, network, preprocessing, data, folder,
            [ConsoleTable.ForStderr(time), new JsonLog(), new TensorBoardLog(time), new Charts(), new BestModel(time), .. more], time);
        if (resume) run.Resume();
        string sheet = Path.Combine(folder, AugmentationSheet.FileName);
        if (!File.Exists(sheet)) AugmentationSheet.Write(sheet, data[Split.Train]!, new Augmenter(options.Augmentation, preprocessing), (ulong)options.Seed);

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Architecture}: {network.ParameterCount:N0} parameters, {network.MultiplyAdds / 1e6:0.0} M multiply-adds; {run.TrainingImages:N0} training images; run folder {folder}"));
        run.Train(cancellation);
        Say(run.Progress, options, data);
        return run.Progress;
    }

    // Seconds, so there are no checkpoints: an interrupted one is begun again, with the features from the cache.
    private static TrainingProgress TrainHead(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, string folder, string cache, TimeProvider time, CancellationToken cancellation)
    {
        using var run = new FrozenBackboneRun(options, network, data, time);
        string model = Path.Combine(folder, BestModel.FileName);
        var log = new StringBuilder();
        var progress = new TrainingProgress();
        using (var features = new ConsoleProgress("bottleneck features", "images"))
        {
            run.Train(preprocessing, cache, result =>
            {
                if (log.Length == 0) Console.Error.WriteLine($"{run.Computed:N0} pictures through the frozen backbone, the others' features from the cache\n{ConsoleTable.Header}");
                Console.Error.WriteLine(ConsoleTable.Row(options.Epochs, result));
                log.Append(JsonLog.Line(result));
                progress = progress with { History = [.. progress.History, result], BestEpoch = result.Improved ? result.Epoch : progress.BestEpoch };
                if (!result.Improved) return;
                BestModel.Save(model, options, network, preprocessing, data, result, time);
            }, features, cancellation);
        }
        AtomicFile.WriteText(Path.Combine(folder, JsonLog.FileName), log.ToString());
        Say(progress, options, data);
        return cancellation.IsCancellationRequested ? progress : progress with { Finished = $"the head was trained for {progress.History.Count} epochs" };
    }

    private static void Say(TrainingProgress progress, TrainingOptions options, Dataset data)
    {
        if (progress.Best is not { } best) return;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"best epoch {best.Epoch}: {best.ValidationAccuracy:P1} accuracy, {best.MacroF1:P1} macro F1 on {data[Split.Validation]!.Name}, the split it was chosen on (seed {options.Seed}, no test-time augmentation)"));
    }

    private static TrainingOptions Resolve(ParseResult parsed, string? resumed)
    {
        string path = parsed.GetValue(Settings) ?? "";
        if (resumed is not null)
        {
            string[] given = [.. new Option[] { Settings, Out, Architecture }.Concat(TrainSettings.Options).Where(o => TrainSettings.IsGiven(parsed, o)).Select(o => o.Name)];
            if (given.Length > 0) throw new UserException($"--resume goes on with the settings of the run: leave {string.Join(", ", given)} away, or start a new run from its model with --from {Path.Combine(resumed, BestModel.FileName)}.");
            path = Path.Combine(resumed, SettingsFile.FileName);
            if (!File.Exists(path)) throw new UserException($"{resumed} is no run folder: it has no {SettingsFile.FileName}.");
        }
        JsonObject file = path.Length == 0 ? [] : SettingsFile.Read(path);
        string data = parsed.GetValue(DataPath) ?? SettingsFile.Text(file, "data", path) ?? throw new UserException("--data is missing: give a folder or a CSV file.");
        string? from = parsed.GetValue(TrainSettings.From) ?? SettingsFile.Text(file, "from", path), asked = parsed.GetValue(Architecture) ?? SettingsFile.Text(file, "architecture", path);
        string? backbone = parsed.GetValue(TrainSettings.Backbone) ?? SettingsFile.Text(file, "backbone", path);
        return Assemble(parsed, file, path, data, asked, from, backbone);
    }

    /// <summary>The settings of one run: the defaults of its architecture, the file's over them, the command line's over those.</summary>
    /// <param name="parsed">A command line with some or all of <see cref="TrainSettings.Options"/>.</param>
    /// <param name="file">Settings, perhaps none.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="asked">Architecture; null means that of the model, or ours.</param>
    /// <param name="from">A model to train further, or null.</param>
    /// <param name="backbone">A model that gets a new last layer, or null.</param>
    /// <exception cref="UserException">Two settings contradict each other, or a file is not what it should be.</exception>
    public static TrainingOptions Assemble(ParseResult parsed, JsonObject file, string path, string data, string? asked, string? from, string? backbone)
    {
        var sizes = new TrainingOptions { Data = data, Architecture = "", Width = parsed.GetValue(TrainSettings.Width), Height = parsed.GetValue(TrainSettings.Height) };
        ModelManifest? start = (from ?? backbone) is { } model && File.Exists(model) ? WarmStart.Load(model, sizes).Manifest : null;
        if (asked is not null) asked = Catalogue.Find(asked)?.Name ?? asked; // found in any case, known by one name
        string architecture = start?.Architecture ?? asked ?? "emotion-cnn";
        if (asked is not null && asked != architecture) throw new UserException($"--arch {asked}: {from ?? backbone} is a {architecture}; leave --arch away.");

        TrainingOptions options = SettingsFile.Overlay(TrainingDefaults.For(architecture, data), file, path) with { Data = data, Architecture = architecture, From = from, Backbone = backbone };
        options = TrainSettings.Apply(options, parsed);
        if (!file.ContainsKey("warmUp") && !TrainSettings.IsGiven(parsed, TrainSettings.WarmUp)) options = TrainingDefaults.FitWarmUp(options);
        if (start is not null && WarmStart.Conflict(options, start.Preprocessing) is { } conflict) throw new UserException(conflict);
        return options;
    }

    private static Dataset Load(TrainingOptions options, ImagePreprocessing preprocessing, CancellationToken cancellation)
    {
        using var progress = new ConsoleProgress("decoding", "images");
        var where = new DataOptions { Path = options.Data, Seed = (ulong)(options.SplitSeed ?? options.Seed), Strict = options.Strict, LabelsFile = options.LabelsFile };
        (Dataset data, DataReport report) = DataLoader.Load(where, preprocessing, [Split.Train, Split.Validation], progress, cancellation);
        foreach (string note in report.Notes) Console.Error.WriteLine($"note: {note}");
        if (report.HasFindings) Console.Error.WriteLine($"note: findings: {report.Findings()} (the data verb lists them)");
        return data;
    }

    private static string NewFolder(string architecture)
        => Path.Combine("artifacts", string.Create(CultureInfo.InvariantCulture, $"{architecture}-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}"));
}
