using System.CommandLine;
using System.Text;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>The command line: a whole program, or a verb of one that has more of them.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string[]> Paths = new("[MODEL.zip] PATH")
    {
        Description =
            "Images and folders of images; - reads paths from stdin, one a line. A model zip made by the trainer may stand first; "
            + $"without one, {ModelChoice.Default} is used. Names that begin with - go behind --.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string> Model = new("--model")
    {
        HelpName = "MODEL.zip",
        Description =
            $"A model zip, or the name of one that comes with the program: {ModelChoice.Shipped()}. The folder "
            + $"{ModelChoice.FolderVariable} names goes first.",
    };
    private static readonly Option<string> Tta = new("--tta")
    {
        HelpName = "VIEWS",
        Description = $"Test-time augmentation: {TestTimeAugmentation.Forms}. The network's time is 1, 2, 10 or 12 times that of one pass.",
        DefaultValueFactory = _ => "none",
    };
    private static readonly Option<bool> Recursive = new FlagOption("--recursive") { Description = "Go into sub-folders." };
    private static readonly Option<bool> Null = new FlagOption("--null", "-0")
    {
        Description = "Paths on stdin have a NUL behind each, as find -print0 writes them; reads stdin where no path is given.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "FILE",
        Description =
            "FILE.csv, FILE.json or FILE.jsonl; - or nothing is stdout. An interrupted run continues with the same command; a "
            + "finished file is kept.",
    };
    private static readonly Option<string> Format = new ChoiceOption("--format", "csv", "json", "jsonl", "table")
    {
        Description =
            "csv, json or jsonl, where the name of --out doesn't say it, or a table of 80 columns for people; csv on stdout.",
    };
    private static readonly Option<bool> Force = new FlagOption("--force")
    {
        Description =
            "Replace --out, --html and pictures of --annotate and --crops if they exist, and drop what an interrupted run with other "
            + "settings or paths left.",
    };
    private static readonly Option<bool> CsvSafe = new FlagOption("--csv-safe")
    {
        Description =
            "In CSV, put an apostrophe before text that a spreadsheet would run as a formula, and show control characters by their "
            + "codes; false writes names as they are.",
        DefaultValueFactory = _ => true,
    };
    private static readonly Option<int> Top = new NumberOption<int>("--top")
    {
        Description = "Only the K most probable classes; 0 is a column for each class.",
    };
    private static readonly Option<float> Threshold = new NumberOption<float>("--threshold")
    {
        Description = "Below this probability the label is 'uncertain'.",
    };
    private static readonly Option<string> SortInto = new("--sort-into")
    {
        HelpName = "DIR",
        Description = "Copy images into a folder a label here, and those without a face into one of their own.",
    };
    private static readonly Option<string> Faces = new ChoiceOption("--faces", "largest", "all", "off")
    {
        Description =
            "Find faces first and label the largest one or all, a row each; off labels pictures as they are. By default the model says "
            + "which: those that learned from cut faces look for the largest.",
    };
    private static readonly Option<string> Detector = new("--detector")
    {
        HelpName = "FILE",
        Description = $"A face detector; by default {ModelChoice.Detector}.zip, found where models are.",
    };
    private static readonly Option<string> Annotate = new("--annotate")
    {
        HelpName = "DIR",
        Description = "Write the pictures here, with boxes and labels drawn on them.",
    };
    private static readonly Option<string> Crops = new("--crops")
    {
        HelpName = "DIR",
        Description = "Write the faces here, cut out as the model sees them: NAME-1.png and so on.",
    };
    private static readonly Option<string> Html = new("--html")
    {
        HelpName = "FILE",
        Description = "Write a gallery here: one file with thumbnails, probabilities and filters.",
    };
    private static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "0 is all cores." };
    private static readonly Option<long> MaxPixels = new NumberOption<long>("--max-pixels")
    {
        Description = "Largest picture accepted.",
        DefaultValueFactory = _ => Imaging.ImageReaderOptions.Default.MaxPixels,
    };
    private static readonly Option<bool> Quiet = new FlagOption("--quiet") { Description = "No notice, no progress, no summary." };

    private static readonly string Description =
        $"Predicts the expression label of images with a model zip. Nothing leaves this machine. {LabelNotice.Text}";

    /// <summary>A program that does nothing else.</summary>
    /// <param name="drawing">Makes pictures; without one there is no option that draws.</param>
    public static RootCommand Create(IPictureDrawing? drawing = null)
    {
        var program = new ProgramCommand(Description);
        Fill(program, program.Help, drawing);
        return program;
    }

    /// <summary>The same as a verb, predict.</summary>
    /// <inheritdoc cref="Create"/>
    public static Command CreateVerb(IPictureDrawing? drawing = null)
    {
        var verb = new Verb("predict", Description);
        Fill(verb, verb.Help, drawing);
        return verb;
    }

    private static void Fill(Command command, HelpLayout help, IPictureDrawing? drawing)
    {
        Add("Model", Model, Tta, Threshold);
        Add("Faces", Faces, Detector);
        Add("Pictures", Recursive, Null, MaxPixels);
        Add("Output", Out, Format, Top, CsvSafe, SortInto, Force, Quiet);
        if (drawing is not null) Add("Pictures that are made", Html, Annotate, Crops);
        Add("Machine", Threads);
        command.Arguments.Add(Paths);
        help.Examples = ["face.jpg", "PICTURES --recursive --out labels.csv", "mine.zip PICTURES --threshold 0.6 --sort-into sorted"];
        if (drawing is not null) help.Examples = [.. help.Examples, "PICTURES --recursive --faces all --format table --html gallery.html"];
        command.SetAction(parsed => Execute(parsed, drawing));

        void Add(string group, params IReadOnlyList<Option> options)
        {
            foreach (Option option in options) command.Options.Add(option);
            help.AddGroup(group, options);
        }
    }

    private static int Execute(ParseResult parsed, IPictureDrawing? drawing)
    {
        (string? asked, IReadOnlyList<string> paths) = ModelChoice.Split(parsed.GetValue(Model), parsed.GetValue(Paths) ?? []);
        string? model = ModelChoice.Find(asked, ModelChoice.Folders(), out string problem);
        if (model is null) throw new UserException(problem);
        FaceSearch? faces = parsed.GetValue(Faces) is { } word ? Enum.Parse<FaceSearch>(word, ignoreCase: true) : null;
        string? detector = FindDetector(faces, parsed.GetValue(Detector));
        bool isNulSeparated = parsed.GetValue(Null), draws = drawing is not null;
        var options = new PredictOptions
        {
            Model = model,
            Paths = isNulSeparated && paths.Count == 0 ? [PredictOptions.Standard] : paths,
            NulSeparated = isNulSeparated,
            Tta = parsed.GetValue(Tta)!,
            Recursive = parsed.GetValue(Recursive),
            Out = parsed.GetValue(Out),
            Format = parsed.GetValue(Format),
            Force = parsed.GetValue(Force),
            CsvSafe = parsed.GetValue(CsvSafe),
            Top = parsed.GetValue(Top),
            Threshold = parsed.GetValue(Threshold),
            SortInto = parsed.GetValue(SortInto),
            Threads = parsed.GetValue(Threads),
            MaxPixels = parsed.GetValue(MaxPixels),
            Quiet = parsed.GetValue(Quiet),
            Faces = faces,
            Detector = detector,
            Annotate = draws ? parsed.GetValue(Annotate) : null,
            Crops = draws ? parsed.GetValue(Crops) : null,
            Html = draws ? parsed.GetValue(Html) : null,
        };
        if (options.Draws && drawing!.Problem is { } reason) throw new UserException(reason, ExitCode.Failure);
        return Execute(options, drawing);
    }

    // Null where none is needed, or none is there and nobody asked for one.
    private static string? FindDetector(FaceSearch? faces, string? asked)
    {
        if (faces == FaceSearch.Off)
            return asked is null ? null : throw new UserException("--detector finds faces, and --faces is off: leave one of them away");
        string? detector = ModelChoice.FindDetector(asked, ModelChoice.Folders(), out string problem);
        return detector is null && (asked is not null || faces is not null) ? throw new UserException(problem) : detector;
    }

    private static int Execute(PredictOptions options, IPictureDrawing? drawing)
    {
        string[] problems = [.. options.FindProblems()];
        foreach (string problem in problems) Console.Error.WriteLine(ConsoleText.Line(problem));
        if (problems.Length > 0) return ExitCode.Usage;

        using var interruption = new Interruption();
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        var console = new RunConsole
        {
            Output = output,
            Messages = Console.Error,
            Input = Console.OpenStandardInput(),
            IsTerminal = ConsoleProgress.IsTerminal,
            IsShared = ConsoleProgress.IsTerminal && !Console.IsOutputRedirected,
            StateFolder = ProgramState.Folder(),
            Command = $"{ProgramName.Own} {ShellQuote.Join(Environment.GetCommandLineArgs()[1..])}",
        };
        return new PredictRun(options, console, drawing).Execute(interruption.Token);
    }
}
