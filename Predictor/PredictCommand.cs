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
    private static readonly Option<string> Format = new ChoiceOption("--format", "csv", "json", "jsonl")
    {
        Description = "csv, json or jsonl, where the name of --out doesn't say it; csv on stdout.",
    };
    private static readonly Option<bool> Force = new FlagOption("--force")
    {
        Description = "Replace --out if it exists, and drop what an interrupted run with other settings or paths left.",
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
        Description = "Copy images into a folder a label here.",
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
    public static RootCommand Create()
    {
        var program = new ProgramCommand(Description);
        Fill(program, program.Help);
        return program;
    }

    /// <summary>The same as a verb, predict.</summary>
    public static Command CreateVerb()
    {
        var verb = new Verb("predict", Description);
        Fill(verb, verb.Help);
        return verb;
    }

    private static void Fill(Command command, HelpLayout help)
    {
        Add("Model", Model, Tta, Threshold);
        Add("Pictures", Recursive, Null, MaxPixels);
        Add("Output", Out, Format, Top, CsvSafe, SortInto, Force, Quiet);
        Add("Machine", Threads);
        command.Arguments.Add(Paths);
        help.Examples = ["face.jpg", "PICTURES --recursive --out labels.csv", "mine.zip PICTURES --threshold 0.6 --sort-into sorted"];
        command.SetAction(Execute);

        void Add(string group, params IReadOnlyList<Option> options)
        {
            foreach (Option option in options) command.Options.Add(option);
            help.AddGroup(group, options);
        }
    }

    private static int Execute(ParseResult parsed)
    {
        (string? asked, IReadOnlyList<string> paths) = ModelChoice.Split(parsed.GetValue(Model), parsed.GetValue(Paths) ?? []);
        string? model = ModelChoice.Find(asked, ModelChoice.Folders(), out string problem);
        if (model is null) throw new UserException(problem);
        bool isNulSeparated = parsed.GetValue(Null);
        return Execute(new PredictOptions
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
        });
    }

    private static int Execute(PredictOptions options)
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
        return new PredictRun(options, console).Execute(interruption.Token);
    }
}
