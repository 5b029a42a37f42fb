using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EmotionMLNet.Architectures;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Predictor;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>train: Trains a network on a folder of images.</summary>
internal static class TrainCommand
{
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description = "Class folders, split folders, or a CSV file; for faces, boxes as CSV, COCO, PASCAL VOC or YOLO.",
    };
    private static readonly Option<string> Architecture = new(SettingFlags.FromPath("network.architecture"))
    {
        HelpName = "NAME",
        Description = "Name of a network, see 'architectures'.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Run folder; by default artifacts/ARCH-DATE-TIME. A run that is there is not overwritten.",
    };
    private static readonly Option<bool> Force = new FlagOption("--force") { Description = "Replace the run that --out holds." };
    private static readonly Option<string> Settings = new("--settings")
    {
        HelpName = "FILE.json",
        Description = "JSON file of settings; the command line goes before it.",
    };
    private static readonly Option<string> Resume = new("--resume")
    {
        HelpName = "DIR",
        Description =
            "Run folder of an interrupted run, continued to the same bits on the same --threads and processor; --threads may be "
            + "given too.",
    };

    private static readonly Option<string> Bottlenecks = new("--bottlenecks")
    {
        HelpName = "DIR",
        Description = "Folder of cached features for --freeze all; may be deleted at any time.",
        DefaultValueFactory = _ => TrainingJob.DefaultCache,
    };

    /// <summary>Where settings come from besides <see cref="TrainSettings.Options"/>.</summary>
    public static IEnumerable<Option> Sources => [DataPath, Architecture, Settings];

    public static Command Create()
    {
        var command = new Verb("train", "Trains a network on a folder of images. The test split is never read.")
            .Add("Data, network and run", DataPath, FaceSettings.Task, Architecture, Settings, Out, Force, Resume)
            .AddExamples(
                "--data FOLDER --architecture emotion-cnn --out artifacts/mine",
                "--data FOLDER --from artifacts/fer2013.zip --epochs 10",
                "--task faces --data faces.csv --background SCENES --out artifacts/faces",
                "--resume artifacts/mine"
            );
        TrainSettings.AddTo(command);
        FaceSettings.AddTo(command);
        command.Add("Frozen backbones", Bottlenecks);
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string? resumed = parsed.GetValue(Resume);
        TrainingOptions options = Resolve(parsed, resumed);
        if (SettingProblems.Write(options.FindProblems())) return ExitCode.Usage;
        return Run(
            options,
            resumed ?? parsed.GetValue(Out) ?? NewFolder(options.Network.Architecture),
            resumed is not null,
            parsed.GetValue(Bottlenecks),
            parsed.GetValue(Force)
        );
    }

    /// <summary>Loads the data, trains, and says where everything is.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Whether to go on from its checkpoint.</param>
    /// <param name="cache">Folder of bottleneck features, for a frozen backbone; null means the usual one.</param>
    /// <param name="replace">Whether a run that the folder holds is replaced.</param>
    public static int Run(TrainingOptions options, string folder, bool resume, string? cache = null, bool replace = false)
    {
        using var interruption = new Interruption();
        ConsoleTable table = ConsoleTable.ForStderr(TimeProvider.System);
        TrainingProgress progress = options.Faces is null
            ? TrainingJob.Train(options, folder, resume, cache, new ConsoleReporter(), interruption.Token, replace, table)
            : FaceTrainingJob.Train(options, folder, resume, new ConsoleReporter(), interruption.Token, replace, table);
        bool isCut = interruption.Token.IsCancellationRequested && progress.Finished is null;
        if (isCut) Hint("go on", "train", "--resume", folder);
        if (progress.Best is not null)
        {
            bool isDetector = options.Faces is not null;
            string model = Path.Combine(folder, isDetector ? BestDetector.FileName : BestModel.FileName);
            string[] scenes = options.Faces?.Background is { } background ? ["--background", background] : [];
            Hint("evaluate", ["evaluate", "--model", model, "--data", options.Data.Path, .. scenes, "--split", "validation"]);
            if (!isDetector)
                Hint("classify", "predict", model, Directory.Exists(options.Data.Path) ? options.Data.Path : ".", "--recursive");
            Console.WriteLine(model);
        }
        return isCut ? ExitCode.Cancelled : ExitCode.Ok;
    }

    // On a line of its own and never wrapped, so that it can be pasted into a shell.
    private static void Hint(string what, params string[] arguments)
    {
        Console.Error.WriteLine($"{what}:");
        Console.Error.WriteLine($"  {ProgramName.Own} {ShellQuote.Join(arguments)}");
    }

    /// <summary>The settings that a command line asks for.</summary>
    /// <param name="parsed">A command line with <see cref="Sources"/> and <see cref="TrainSettings.Options"/>.</param>
    /// <param name="resumed">A run folder whose settings they are; null for a new run.</param>
    /// <exception cref="UserException">Settings are missing, unknown or contradict each other.</exception>
    public static TrainingOptions Resolve(ParseResult parsed, string? resumed)
    {
        string path = parsed.GetValue(Settings) ?? "";
        if (resumed is not null)
        {
            string[] given =
            [
                .. new Option[] { Settings, Out, Force, Architecture, FaceSettings.Task }
                    .Concat(TrainSettings.Options)
                    .Concat(FaceSettings.Options)
                    .Where(o => o != TrainSettings.Threads)
                    .Where(o => TrainSettings.IsGiven(parsed, o))
                    .Select(o => o.Name),
            ];
            if (given.Length > 0)
                throw new UserException(
                    $"--resume goes on with the settings of the run: leave {string.Join(", ", given)} away, or start a new run from "
                        + $"its model with --from {Path.Combine(resumed, BestModel.FileName)}."
                );
            path = Path.Combine(resumed, SettingsFile.FileName);
            if (!File.Exists(path))
                throw new UserException($"--resume {resumed}: that is no run folder, it has no {SettingsFile.FileName}.");
        }
        JsonObject file = path.Length == 0 ? [] : ReadSettings(path);
        string data =
            parsed.GetValue(DataPath)
            ?? SettingsFile.Text(file, "data.path", path)
            ?? throw new UserException("--data is missing: give a folder or a CSV file.");
        if (FaceSettings.IsWanted(parsed, file)) return FaceSettings.Assemble(parsed, file, path, data);
        string? from = parsed.GetValue(TrainSettings.From) ?? SettingsFile.Text(file, "fineTuning.from", path),
            asked = parsed.GetValue(Architecture) ?? SettingsFile.Text(file, "network.architecture", path);
        string? backbone = parsed.GetValue(TrainSettings.Backbone) ?? SettingsFile.Text(file, "fineTuning.backbone", path);
        return Assemble(parsed, file, path, data, asked, from, backbone, takesFacesOver: true);
    }

    /// <summary>The settings of one run: the defaults of its architecture, the file's over them, the command line's over those.</summary>
    /// <param name="parsed">A command line with some or all of <see cref="TrainSettings.Options"/>.</param>
    /// <param name="file">Settings, perhaps none.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="asked">Architecture; null means that of the model, or ours.</param>
    /// <param name="from">A model to train further, or null.</param>
    /// <param name="backbone">A model that gets a new last layer, or null.</param>
    /// <param name="takesFacesOver">
    /// Whether pictures are cut to their faces where the model is one of faces and nobody says otherwise. A comparison shows all its
    /// candidates the same pictures.
    /// </param>
    /// <exception cref="UserException">Two settings contradict each other, or a file is not what it should be.</exception>
    public static TrainingOptions Assemble(
        ParseResult parsed,
        JsonObject file,
        string path,
        string data,
        string? asked,
        string? from,
        string? backbone,
        bool takesFacesOver = false
    )
    {
        FaceSettings.Refuse(file, path);
        TrainingOptions sizes = TrainSettings.ApplySize(new TrainingOptions(), parsed);
        string? weights = TrainSettings.IsGiven(parsed, TrainSettings.Weights)
            ? parsed.GetValue(TrainSettings.Weights)
            : SettingsFile.Text(file, "fineTuning.weights", path);
        string? model = from ?? backbone ?? (WeightStore.IsGraph(weights) ? weights : null);
        ModelManifest? start = model is not null && (File.Exists(model) || WeightStore.IsGraph(model))
            ? WarmStart.Load(model, sizes).Manifest
            : null;
        if (asked is not null) asked = Catalogue.Find(asked)?.Name ?? asked; // found in any case, known by one name
        string architecture = start?.Architecture ?? asked ?? "emotion-cnn";
        if (asked is not null && asked != architecture)
            throw new UserException(
                $"{Architecture.Name} {asked}: {model} is a {architecture}; leave {Architecture.Name} away."
            );

        TrainingOptions options = SettingsFile.Overlay(TrainingDefaults.For(architecture, data), file, path);
        options = options with
        {
            Data = options.Data with { Path = data },
            Network = options.Network with { Architecture = architecture },
            FineTuning = options.FineTuning with { From = from, Backbone = backbone },
        };
        options = TrainSettings.Apply(options, parsed);
        bool isOfFaces = takesFacesOver && start?.Faces?.Pictures == FacePictures.Crops;
        options = FindDetector(options, isOfFaces && options.Data.Faces is null ? model : null);
        if (!Has(file, "optimisation.warmUp") && !TrainSettings.IsGiven(parsed, TrainSettings.WarmUp))
            options = TrainingDefaults.FitWarmUp(options);
        // A head on frozen features is drawn anew, so it learns at the rate of random weights.
        bool isTrained = start is not null || options.FineTuning.Weights is not null,
            hasRate = Has(file, "optimisation.learningRate") || TrainSettings.IsGiven(parsed, TrainSettings.LearningRate);
        if (isTrained && !hasRate && !options.FineTuning.Freeze.IsAll) options = TrainingDefaults.ForTrainedWeights(options);
        bool hasAverage = Has(file, "optimisation.weightAverage") || TrainSettings.IsGiven(parsed, TrainSettings.WeightAverage);
        if (options.FineTuning.Freeze.IsAll && !hasAverage) options = TrainingDefaults.ForHead(options);
        if (start is not null && WarmStart.Conflict(options, start.Preprocessing) is { } conflict)
            throw new UserException(SettingFlags.Render(conflict));
        return options;
    }

    // The detector that came with the program, where faces are asked for and none is named; without one a model of faces begins as it is.
    private static TrainingOptions FindDetector(TrainingOptions options, string? ofFaces)
    {
        if (ofFaces is null && options.Data is not { Faces: FaceSearch.Largest, Detector: null }) return options;
        string? found = ModelChoice.FindDetector(null, ModelChoice.Folders(), out string problem);
        if (ofFaces is null && found is null) throw new UserException(problem);
        if (found is null) return options;
        if (ofFaces is not null)
            Console.Error.WriteLine(
                PrintableText.Line($"note: {ofFaces} labels faces: pictures are cut to their largest face; --faces off leaves them whole")
            );
        return options with { Data = options.Data with { Faces = FaceSearch.Largest, Detector = found } };
    }

    /// <summary>Settings out of a file; what is said of them goes to stderr.</summary>
    public static JsonObject ReadSettings(string path)
    {
        JsonObject file = SettingsFile.Read(path, out IReadOnlyList<string> notes);
        foreach (string note in notes) Console.Error.WriteLine(PrintableText.Line($"note: {note}"));
        return file;
    }

    private static bool Has(JsonObject file, string setting) => FormerSettings.Find(file, setting) is not null;

    /// <summary>A folder that nobody has used yet.</summary>
    public static string NewFolder(string architecture) =>
        Path.Combine(
            "artifacts",
            string.Create(CultureInfo.InvariantCulture, $"{architecture}-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}")
        );
}
