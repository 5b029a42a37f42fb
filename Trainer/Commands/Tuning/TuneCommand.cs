using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Workers;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>tune: Searches settings, confirms what it found with fresh seeds, and says whether anything was gained.</summary>
internal static class TuneCommand
{
    private const double Mega = 1e6, Giga = 1e9;

    private static readonly Dictionary<string, TunerKind> Tuners = Enum
        .GetValues<TunerKind>()
        .ToDictionary(SearchPlan.NameOf, t => t);

    private static readonly Option<string> Budget = new("--budget")
    {
        HelpName = "DURATION",
        Description = "Time of everything together, 90s, 30m, 2h: search, confirmation and report.",
    };
    private static readonly Option<int?> Trials = new OptionalNumberOption<int>("--trials")
    {
        Description = "Most trials; without --budget the search is the same each time.",
        Least = 1,
    };
    private static readonly Option<string> Tuner = new ChoiceOption("--tuner", [.. Tuners.Keys])
    {
        Description = "Who proposes: successive halving with TPE by default.",
    };
    private static readonly Option<bool> StopEarly = new FlagOption("--stop-early")
    {
        Description = "Stop trials that are worse than the median of the others; for tuners other than halving.",
    };
    private static readonly Option<int> Seeds = new NumberOption<int>("--seeds")
    {
        Description = "Fresh seeds with which default and winner are trained again, as far as the time allows.",
        DefaultValueFactory = _ => 3,
    };
    private static readonly Option<int> Workers = new NumberOption<int>("--workers")
    {
        Description = "Processes that train at once on this machine; they share its cores.",
        DefaultValueFactory = _ => 1,
        Least = 1,
    };
    private static readonly Option<string> Like = new("--like")
    {
        HelpName = "DIR",
        Description = "Folder of an earlier search: the settings of its three best trials are tried first.",
    };
    private static readonly Option<string> Final = new("--final")
    {
        HelpName = "DURATION",
        Description = "Train the recommended settings once more for so long, after the search; best.zip is the better model on validation.",
    };
    private static readonly Option<double> MaxDisk = new NumberOption<double>("--max-disk")
    {
        HelpName = "GB",
        Description = "Most disk space for trainings that wait to go on; beyond it the least promising begin again if they are chosen.",
        DefaultValueFactory = _ => 10,
    };
    private static readonly Option<string> MaxLatency = new("--max-latency")
    {
        HelpName = "MS",
        Description = "Most time of a prediction on this machine, 5ms: networks that are slower are not trained.",
    };
    private static readonly Option<double?> MaxSize = new OptionalNumberOption<double>("--max-size")
    {
        HelpName = "MB",
        Description = "Largest model file, megabytes.",
    };
    private static readonly Option<int?> MaxParameters = new OptionalNumberOption<int>("--max-parameters")
    {
        Description = "Most parameters.",
    };
    private static readonly Option<double?> MaxMemory = new OptionalNumberOption<double>("--max-memory")
    {
        HelpName = "MB",
        Description = "Most memory that a training may reserve, megabytes.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the search; the same command with the same folder goes on after an interruption.",
    };

    /// <param name="others">Arms of other kinds, named among the architectures.</param>
    public static Command Create(IReadOnlyList<ICandidateSource> others)
    {
        var command = new Verb(
            "tune",
            "Searches settings, trains the best again with fresh seeds beside the defaults, and says whether anything was gained. The "
                + "test split is read once, at the end."
        );
        SearchArms.AddTo(command);
        command
            .Add("Search", [Budget, Trials, Tuner, StopEarly, Seeds, Final, Workers, MaxDisk, Like, Out, .. SearchStores.Options])
            .Add("Limits", MaxLatency, MaxSize, MaxParameters, MaxMemory)
            .AddExamples(
                "--data FOLDER --budget 60m --out artifacts/tuned",
                "--data FOLDER --from artifacts/happy-sad.zip --budget 20m",
                "status artifacts/tuned"
            );
        SearchArms.AddSettingsTo(command);
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed, others)));
        command.Subcommands.Add(TuneWorkerCommand.Create(others));
        foreach (Command verb in TuneFolderCommands.Create(others)) command.Subcommands.Add(verb);
        return command;
    }

    private static int Execute(ParseResult parsed, IReadOnlyList<ICandidateSource> others)
    {
        SearchOptions options = Resolve(parsed, others);
        if (SettingProblems.Write(options.FindProblems())) return ExitCode.Usage;
        string[] arguments = ["tune", .. parsed.Tokens.Skip(1).Select(t => t.Value)];
        using FileLock held = TuningJob.Lock(options.Out);
        using var interruption = new Interruption();
        using ITrialStore store = SearchStores.Open(parsed, options.Out);
        try
        {
            TuningResult result;
            using (var job = new JobProgress("tune", 1))
            {
                var progress = new TuneProgress(options, job);
                job.Extend(progress.FinalWeight);
                job.Begin("search", 1);
                var tools = new SearchTools(store, new ConsoleReporter(), progress, TimeProvider.System)
                {
                    Followers = [new LongerTraining(job, progress), ConsoleTable.ForStderr(TimeProvider.System)],
                };
                result = new TuningJob(options, tools, [$"{ProgramName.Own} {ShellQuote.Join(arguments)}"]).Run(
                    options.Workers == 1 ? null : (layout, _) => StartWorker(options, layout),
                    interruption.Token
                );
            }
            TuningText.Write(TerminalOutput.Stderr(), result);
            Console.WriteLine(Path.Combine(options.Out, TuningFiles.Page));
            if (result.HasModel) Console.WriteLine(Path.Combine(options.Out, TuningJob.BestName));
            return result.State.Trials.Any(t => t.Status == TrialStatus.Failed) ? ExitCode.Findings : ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            string again = parsed.GetValue(Out) is null ? $" with --out {ShellQuote.Argument(options.Out)}" : "";
            Console.Error.WriteLine(PrintableText.Line($"cancelled; what is done is kept, and the same command{again} goes on"));
            return ExitCode.Cancelled;
        }
    }

    // This program again: as a process of its own, or a library that 'dotnet' runs.
    private static WorkerProcess StartWorker(SearchOptions options, SearchLayout layout)
    {
        string[] arguments = TuneWorkerCommand.PipeArguments(options.Out);
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            isHost ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments
        );
        return new(start, SearchPlan.Write(options), layout);
    }

    private static SearchOptions Resolve(ParseResult parsed, IReadOnlyList<ICandidateSource> others)
    {
        int workers = parsed.GetValue(Workers);
        IReadOnlyList<SearchArm> arms = SearchArms.Read(parsed, Math.Max(1, Environment.ProcessorCount / workers), others);
        string folder =
            parsed.GetValue(Out)
            ?? Path.Combine(
                "artifacts",
                string.Create(CultureInfo.InvariantCulture, $"tune-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}")
            );
        return new()
        {
            Arms = arms,
            Out = folder,
            Tuner = parsed.GetValue(Tuner) is { } tuner ? Tuners[tuner] : TunerKind.Halving,
            StopsEarly = parsed.GetValue(StopEarly),
            Seed = arms.Count > 0 ? arms[0].Defaults.Seed : 1,
            Budget = parsed.GetValue(Budget) is { } budget ? SharedOptions.ReadDuration(Budget, budget) : null,
            Final = parsed.GetValue(Final) is { } final ? SharedOptions.ReadDuration(Final, final) : null,
            CheckpointBytes = (long)(parsed.GetValue(MaxDisk) * Giga),
            Trials = parsed.GetValue(Trials),
            Seeds = parsed.GetValue(Seeds),
            Workers = workers,
            Likes = parsed.GetValue(Like) is { } like ? ReadLikes(parsed, like, arms, others) : [],
            Limits = new()
            {
                Latency = parsed.GetValue(MaxLatency) is { } latency ? ReadLatency(latency) : null,
                FileBytes = (long?)(parsed.GetValue(MaxSize) * Mega),
                Parameters = parsed.GetValue(MaxParameters),
                TrainingBytes = (long?)(parsed.GetValue(MaxMemory) * Mega),
            },
        };
    }

    // The bar goes on over the training that follows.
    private sealed class LongerTraining(JobProgress job, TuneProgress progress) : ITrainingListener
    {
        private readonly RunProgressListener bar = new(new JobReport(job));

        public void OnStarted(TrainingRun run) => job.Begin("longer training", progress.FinalWeight);

        public void OnBatchDone(TrainingRun run, int epoch, int images) => bar.OnBatchDone(run, epoch, images);
    }

    private static IReadOnlyList<(string Arm, IReadOnlyList<double> Point)> ReadLikes(
        ParseResult parsed,
        string folder,
        IReadOnlyList<SearchArm> arms,
        IReadOnlyList<ICandidateSource> others
    )
    {
        SearchState state = SearchStores.Peek(parsed, folder);
        if (!state.Facts.ContainsKey(SearchLayout.Fact)) return [];
        TuningResult earlier = TuningJob.Describe(TuneFolderCommands.ReadPlan(state, folder, others), state);
        return SearchLikes.Find(earlier, arms);
    }

    // Milliseconds, which no other time is given in.
    private static TimeSpan ReadLatency(string text)
    {
        string number = text.EndsWith("ms", StringComparison.OrdinalIgnoreCase) ? text[..^2].TrimEnd() : text;
        if (Numbers.Read(number, out double milliseconds) is null && milliseconds > 0) return TimeSpan.FromMilliseconds(milliseconds);
        throw new UserException($"{MaxLatency.Name} {text}: give milliseconds, 5ms.");
    }
}
