using EmotionMLNet.Terminal;
using System.CommandLine;
using System.Runtime.InteropServices;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Predictor;

/// <summary>The command line.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string[]> Paths = new("[MODEL.zip] PATH") { Description = $"Images and folders of images. A model zip made by the trainer may stand first; without one, {ModelChoice.Default} is used.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Model = new("--model") { Description = $"A model zip, or the name of one that comes with the program: fer2013 (seven expressions), happy-sad. The folder {ModelChoice.FolderVariable} names goes first." };
    private static readonly Option<string> Tta = new("--tta") { Description = $"Test-time augmentation: {TestTimeAugmentation.Forms}. The network's time is 1, 2, 10 or 12 times that of one pass.", DefaultValueFactory = _ => "none" };
    private static readonly Option<bool> Recursive = new("--recursive") { Description = "Go into sub-folders." };
    private static readonly Option<string> Out = new("--out") { Description = "FILE.csv, FILE.json or FILE.jsonl; by default CSV on stdout. An interrupted run continues with the same command." };
    private static readonly Option<int> Top = new NumberOption<int>("--top") { Description = "Only the K most probable classes; 0 is a column for each class." };
    private static readonly Option<float> Threshold = new NumberOption<float>("--threshold") { Description = "Below this probability the label is 'uncertain'." };
    private static readonly Option<string> SortInto = new("--sort-into") { Description = "Copy images into a folder a label here." };
    private static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "0 is all cores." };
    private static readonly Option<long> MaxPixels = new NumberOption<long>("--max-pixels") { Description = "Largest picture accepted.", DefaultValueFactory = _ => Imaging.ImageReaderOptions.Default.MaxPixels };
    private static readonly Option<bool> Quiet = new("--quiet") { Description = "No notice, no progress." };

    public static RootCommand Create()
    {
        var root = new RootCommand("Predicts the expression label of images with a model zip. Nothing leaves this machine.") { Paths, Model, Recursive, Out, Top, Threshold, SortInto, Threads, Tta, MaxPixels, Quiet };
        root.SetAction(Execute);
        return root;
    }

    private static int Execute(ParseResult parsed)
    {
        (string? asked, IReadOnlyList<string> paths) = ModelChoice.Split(parsed.GetValue(Model), parsed.GetValue(Paths)!);
        string? model = ModelChoice.Find(asked, ModelChoice.Folders(), out string problem);
        if (model is null)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }
        return Execute(new PredictOptions
        {
            Model = model,
            Paths = paths,
            Tta = parsed.GetValue(Tta)!,
            Recursive = parsed.GetValue(Recursive),
            Out = parsed.GetValue(Out),
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
        string[] problems = [.. options.Problems()];
        foreach (string problem in problems) Console.Error.WriteLine(problem);
        if (problems.Length > 0) return ExitCode.Usage;

        using var source = new CancellationTokenSource();
        void cancel(PosixSignalContext context)
        {
            context.Cancel = !source.IsCancellationRequested; // a second Ctrl+C ends the process as usual
            source.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, cancel), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, cancel);
        try
        {
            using var output = new StreamWriter(Console.OpenStandardOutput(), new System.Text.UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
            return new PredictRun(options, output, Console.Error, TimeProvider.System).Execute(source.Token);
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message.ReplaceLineEndings(" "));
            return ExitCode.Failure;
        }
    }
}
