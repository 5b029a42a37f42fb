using System.CommandLine;
using System.Globalization;
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

    public static Command Create()
    {
        var list = new Command("list", "Lists the weights that can be fetched.");
        list.SetAction(_ => CommandGuard.Run(List));
        var pull = new Command("pull", "Fetches weights, resumes what was interrupted, checks the file.") { Name, Mirror };
        pull.SetAction(parsed => CommandGuard.Run(() => Pull(PretrainedWeights.Find(parsed.GetValue(Name)!), parsed.GetValue(Mirror))));
        var verify = new Command("verify", "Checks files against their published hash.") { One };
        verify.SetAction(parsed => CommandGuard.Run(() => Verify(parsed.GetValue(One))));
        var where = new Command("where", "Prints the folder of the weights, or the path of one file.") { One };
        where.SetAction(parsed => CommandGuard.Run(() => Where(parsed.GetValue(One))));
        var command = new Verb(
            "weights",
            "Published weights of the backbones: list, pull, verify, where. Only pull uses the network."
        ).AddExamples("list", "pull resnet50-imagenet");
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
            Console.WriteLine($"{"",-26} {w.File}, for {w.Architecture}");
        }
        Console.Error.WriteLine($"licence: {PretrainedWeights.Licence}");
        return ExitCode.Ok;
    }

    private static int Pull(PretrainedWeights weights, string? mirror)
    {
        WeightStore store = WeightStore.Default;
        string path = store.PathOf(weights);
        if (File.Exists(path))
        {
            store.Verify(weights);
            Console.Error.WriteLine("it is here already, and it is the published file");
            Console.WriteLine(path);
            return ExitCode.Ok;
        }
        Uri location = weights.Location;
        if (mirror is not null && !Uri.TryCreate(mirror.TrimEnd('/') + "/" + weights.File, UriKind.Absolute, out location!))
            throw new UserException($"--mirror {mirror}: give the location of a folder, as in https://server/weights.");
        Console.Error.WriteLine($"{location}; licence: {PretrainedWeights.Licence}");
        using var interruption = new Interruption();
        using var download = new WeightDownload(connect: TimeSpan.FromSeconds(15), stall: TimeSpan.FromSeconds(30));
        using var progress = new ConsoleProgress("fetching", "bytes");
        try
        {
            download
                .Fetch(
                    location,
                    path,
                    hash => hash.StartsWith(weights.Sha256Prefix, StringComparison.Ordinal),
                    progress,
                    interruption.Token
                )
                .GetAwaiter()
                .GetResult();
        }
        catch (TrainingFailedException e)
        {
            throw new UserException($"{e.Message} By hand: {store.ByHand(weights)}", ExitCode.Failure);
        }
        Console.WriteLine(path);
        return ExitCode.Ok;
    }

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
            Console.WriteLine($"{weights.Name}: SHA-256 begins with {weights.Sha256Prefix}, as published");
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
