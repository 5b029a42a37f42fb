using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Workers;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>tune worker: Trains trials of a search that is kept on a server, on this machine.</summary>
internal static class TuneWorkerCommand
{
    // Where Slurm says when its job ends, in seconds since 1970.
    private const string SlurmEnd = "SLURM_JOB_END_TIME";

    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the search: the same for all workers, on a disk that they share.",
        Required = true,
    };
    private static readonly Option<string> Name = new("--name")
    {
        HelpName = "NAME",
        Description = "Name of the worker, shown in status and report; by default that of the machine and the process.",
    };
    private static readonly Option<string> Until = new("--until")
    {
        HelpName = "TIME",
        Description = $"When the worker gives its trial back and ends: 18:30, or 2026-12-01T06:00; by default {SlurmEnd}, if it is set.",
    };

    /// <summary>The search that started this process is on the other end of stdin and stdout.</summary>
    private static readonly Option<bool> Pipe = new FlagOption("--pipe") { Hidden = true };

    /// <param name="others">Arms of other kinds.</param>
    public static Command Create(IReadOnlyList<ICandidateSource> others)
    {
        var verb = new Verb("worker", "Trains trials of a search until it is over, beside other workers, on this machine.")
            .Add("Worker", [Out, Name, Until, .. SearchStores.Options])
            .AddExamples("--store postgres://user:password@host/database --out SHARED/tuned");
        verb.Options.Add(Pipe);
        verb.SetAction(parsed => CommandGuard.Run(() => Execute(parsed, others)));
        return verb;
    }

    /// <summary>Arguments of a worker process of a search on this machine.</summary>
    public static string[] PipeArguments(string folder) => ["tune", "worker", Pipe.Name, Out.Name, folder];

    private static int Execute(ParseResult parsed, IReadOnlyList<ICandidateSource> others)
    {
        string folder = parsed.GetValue(Out)!;
        if (parsed.GetValue(Pipe))
        {
            WorkerService.Serve(Console.In, Console.Out, folder, (n, o) => TuneFolderCommands.FindTrainer(n, o, others));
            return ExitCode.Ok;
        }
        if (parsed.GetValue(SearchStores.Url) is null)
            throw new UserException("--store is missing: workers meet in a database; on one machine 'tune --workers N' needs none.");
        SearchOptions options = TuneFolderCommands.ReadPlan(SearchStores.Peek(parsed, folder), folder, others);
        using var interruption = new Interruption();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        if (FindEnd(parsed) is { } until)
        {
            TimeSpan left = until - TimeProvider.System.GetUtcNow();
            if (left <= TimeSpan.Zero) throw new UserException($"--until {until:u}: that time is past.");
            if (left < TimeSpan.FromDays(24)) end.CancelAfter(left);
        }
        using ITrialStore store = SearchStores.Open(parsed, folder);
        string name = parsed.GetValue(Name) ?? $"{Environment.MachineName} {Environment.ProcessId}";
        try
        {
            using var job = new JobProgress("worker", 1);
            job.Begin("search", 1);
            var tools = new SearchTools(store, new ConsoleReporter(), new TuneProgress(options, job), TimeProvider.System);
            SearchRun.Join(options, tools, name, end.Token);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("the trial under way was given back; other workers go on with it");
            return interruption.Token.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Ok;
        }
    }

    private static DateTimeOffset? FindEnd(ParseResult parsed)
    {
        if (parsed.GetValue(Until) is { } text)
        {
            if (TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly clock))
            {
                DateTimeOffset now = TimeProvider.System.GetLocalNow();
                DateTimeOffset today = new(now.Date + clock.ToTimeSpan(), now.Offset);
                return today > now ? today : today.AddDays(1);
            }
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset until)
                ? until
                : throw new UserException($"{Until.Name} {text}: give a time, 18:30 or 2026-12-01T06:00.");
        }
        return long.TryParse(Environment.GetEnvironmentVariable(SlurmEnd), CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
