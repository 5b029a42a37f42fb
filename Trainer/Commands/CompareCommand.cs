using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>compare: Trains several networks under the same rules and reports who is really better.</summary>
internal static class CompareCommand
{
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description = "Class folders, split folders, or a CSV file.",
        Required = true,
    };
    private static readonly Option<string> Architectures = new(SettingFlags.FromPath("network.architecture"))
    {
        HelpName = "NAME",
        Description = "Networks to train from scratch: A,B,C; see 'architectures'.",
    };
    private static readonly Option<string> From = new("--from")
    {
        HelpName = "MODEL.zip",
        Description = "Model zips or ONNX files to train further, each a candidate: X.zip,Y.zip.",
    };
    private static readonly Option<string> Backbone = new("--backbone")
    {
        HelpName = "FILE",
        Description = "As --from, with a newly drawn last layer in any case.",
    };
    private static readonly Option<string[]> Settings = new("--settings")
    {
        HelpName = "FILE.json",
        Description = "A settings file is a candidate of its own, named after the file; give as many as you like.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<int> Seeds = new NumberOption<int>("--seeds")
    {
        Description = "Runs a candidate; the first has --seed.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<string> Budget = new("--budget")
    {
        HelpName = "DURATION",
        Description =
            "Training time of each run, 90s, 15m, 2h, as --time of 'train': as many epochs as fit, with the schedule laid out for "
            + "them. Without it all have equal epochs.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the comparison; the same command with the same folder goes on after an interruption.",
    };

    // Whoever asks this program for them should hear which one has them.
    private const string MLNetPrefix = "mlnet:";

    private static readonly string[] PerCandidate = ["--from", "--backbone", "--weights"];

    /// <param name="others">Candidates of other kinds, named among the architectures.</param>
    public static Command Create(IReadOnlyList<ICandidateSource> others)
    {
        var command = new Verb(
            "compare",
            "Trains several networks under the same rules; the winner is chosen on validation, the test split is read once, at "
                + "the end."
        )
            .Add("Candidates", Architectures, From, Backbone, Settings)
            .Add("Comparison", DataPath, Seeds, Budget, Out)
            .AddExamples("--data FOLDER --architecture emotion-cnn,mobilenet-v2 --seeds 3 --out artifacts/compare");
        TrainSettings.AddTo(command, PerCandidate);
        foreach (ICandidateSource source in others)
            command.Help.Notes = [.. command.Help.Notes, $"{Architectures.Name} takes {source.Forms} besides."];
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed, others)));
        return command;
    }

    private static int Execute(ParseResult parsed, IReadOnlyList<ICandidateSource> others)
    {
        ComparisonOptions options = Resolve(parsed, others);
        if (SettingProblems.Write(options.FindProblems())) return ExitCode.Usage;

        using FileLock held = ComparisonRun.Lock(options.Out);
        using var interruption = new Interruption();
        string[] arguments = ["compare", .. parsed.Tokens.Skip(1).Select(t => t.Value)];
        try
        {
            Comparison? comparison;
            using (var job = new JobProgress("compare", ComparisonRun.ComputeWeight(options)))
                comparison = new ComparisonRun(
                    options,
                    winner => ComparisonCommands.Write(options, arguments, winner),
                    new ConsoleReporter(),
                    new JobReport(job),
                    () => [ConsoleTable.ForStderr(TimeProvider.System)],
                    TimeProvider.System,
                    interruption.Token
                ).Run();
            if (comparison is null)
                Console.Error.WriteLine(
                    PrintableText.Line(
                        $"nothing is left to do: {options.Out} holds this comparison, finished. Choose another --out for a new one."
                    )
                );
            else
                ComparisonText.Write(TerminalOutput.Stderr(), comparison);
            Console.WriteLine(Path.Combine(options.Out, ComparisonFiles.Page));
            Console.WriteLine(Path.Combine(options.Out, ComparisonRun.BestName));
            return comparison is not null && (comparison.Failed.Count > 0 || comparison.Results.Any(r => r.Failures.Count > 0))
                ? ExitCode.Findings
                : ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            string again = parsed.GetValue(Out) is null ? $" with --out {ShellQuote.Argument(options.Out)}" : "";
            Console.Error.WriteLine(PrintableText.Line($"cancelled; what is done is kept, and the same command{again} goes on"));
            return ExitCode.Cancelled;
        }
    }

    private static ComparisonOptions Resolve(ParseResult parsed, IReadOnlyList<ICandidateSource> others)
    {
        string data = parsed.GetValue(DataPath)!;
        List<Candidate> candidates = [];
        foreach (string name in List(parsed.GetValue(Architectures)))
        {
            if (Find(name, others) is not { } source) Add(null, TrainCommand.Assemble(parsed, [], "", data, name, null, null));
            else
            {
                TrainingOptions common = TrainCommand.Assemble(parsed, [], "", data, null, null, null);
                candidates.Add(new Candidate(name, common) { Trainer = source.Create(name, common) });
            }
        }
        foreach (string model in List(parsed.GetValue(From)))
            Add($" from {Path.GetFileNameWithoutExtension(model)}", TrainCommand.Assemble(parsed, [], "", data, null, model, null));
        foreach (string model in List(parsed.GetValue(Backbone)))
            Add($" on {Path.GetFileNameWithoutExtension(model)}", TrainCommand.Assemble(parsed, [], "", data, null, null, model));
        foreach (string path in parsed.GetValue(Settings) ?? [])
        {
            JsonObject file = TrainCommand.ReadSettings(path);
            TrainingOptions options = TrainCommand.Assemble(
                parsed,
                file,
                path,
                data,
                SettingsFile.Text(file, "network.architecture", path),
                SettingsFile.Text(file, "fineTuning.from", path),
                SettingsFile.Text(file, "fineTuning.backbone", path)
            );
            candidates.Add(new Candidate(Path.GetFileNameWithoutExtension(path), options));
        }
        int seed = candidates.Count > 0 ? candidates[0].Options.Seed : 1;
        return new ComparisonOptions
        {
            Data = data,
            Candidates = candidates,
            Seeds = parsed.GetValue(Seeds),
            FirstSeed = seed,
            Budget = parsed.GetValue(Budget) is { } budget ? SharedOptions.ReadDuration(Budget, budget) : null,
            Out =
                parsed.GetValue(Out)
                ?? Path.Combine(
                    "artifacts",
                    string.Create(CultureInfo.InvariantCulture, $"compare-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}")
                ),
        };

        void Add(string? suffix, TrainingOptions options) => candidates.Add(new Candidate(options.Network.Architecture + suffix, options));
    }

    // Null is a network of ours.
    internal static ICandidateSource? Find(string name, IReadOnlyList<ICandidateSource> others)
    {
        if (others.FirstOrDefault(s => name.StartsWith(s.Prefix, StringComparison.OrdinalIgnoreCase)) is { } source) return source;
        return name.StartsWith(MLNetPrefix, StringComparison.OrdinalIgnoreCase)
            ? throw new UserException(
                $"{name}: ML.NET's pipelines are in the package EmotionMLNet.Tool.MLNet, which is this program with ML.NET: 'dotnet tool "
                    + "install --global EmotionMLNet.Tool.MLNet' and then 'emotionmlnet-mlnet compare ...', or from source 'dotnet run -c "
                    + "Release --project Trainer.MLNet -- compare ...'."
            )
            : null;
    }

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
