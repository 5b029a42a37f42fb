using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>tune status, report and export: look at a search that is running, was interrupted, or is over.</summary>
internal static class TuneFolderCommands
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "Folder of the search." };

    private static readonly Option<int?> Trial = new OptionalNumberOption<int>("--trial")
    {
        Description = "Number of the trial; by default the one that is recommended, or the best so far.",
        Least = 0,
    };

    /// <summary>The three verbs.</summary>
    /// <param name="others">Arms of other kinds.</param>
    public static IEnumerable<Command> Create(IReadOnlyList<ICandidateSource> others)
    {
        yield return Make("status", "Says how far a search is: a line a trial, the best so far, and the time that is left.", Status);
        yield return Make("report", "Writes report.html, trials.csv and best.json of a search as it is now.", Report);
        Verb export = Make("export", "Writes the settings of a trial to stdout, for --settings of 'train' and 'compare'.", Export);
        export.Add("Trial", Trial);
        yield return export;

        Verb Make(string name, string description, Func<ParseResult, string, TuningResult, int> run)
        {
            var verb = new Verb(name, description);
            verb.Arguments.Add(Folder);
            verb.Add("Where it is kept", SearchStores.Options);
            verb.SetAction(parsed =>
                CommandGuard.Run(() =>
                {
                    string folder = parsed.GetValue(Folder)!;
                    return run(parsed, folder, Read(parsed, folder, others));
                })
            );
            return verb;
        }
    }

    /// <summary>The plan of a search with its trainers.</summary>
    public static SearchOptions ReadPlan(SearchState state, string folder, IReadOnlyList<ICandidateSource> others) =>
        SearchPlan.Read(state.Facts[SearchPlan.Fact], folder, (name, options) => FindTrainer(name, options, others));

    /// <summary>The trainer of an arm that is no network of ours.</summary>
    public static ICandidateTrainer FindTrainer(string name, TrainingOptions options, IReadOnlyList<ICandidateSource> others) =>
        CompareCommand.Find(name, others)?.Create(name, options)
        ?? throw new UserException($"{PrintableText.Line(name)}: this program does not know that kind.");

    private static TuningResult Read(ParseResult parsed, string folder, IReadOnlyList<ICandidateSource> others)
    {
        SearchState state = SearchStores.Peek(parsed, folder);
        if (!state.Facts.ContainsKey(SearchLayout.Fact))
            throw new UserException($"{folder}: the search has not begun its first trial yet.");
        return TuningJob.Describe(ReadPlan(state, folder, others), state);
    }

    private static int Status(ParseResult parsed, string folder, TuningResult result)
    {
        var lines = new TrialLines(result.Options, result.Layout, Console.IsOutputRedirected ? 0 : TerminalSize.Columns());
        Console.WriteLine(TrialLines.Header);
        foreach (SearchTrial trial in result.State.Trials) Console.WriteLine(lines.Format(result.State, trial));
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"best so far: trial {result.Winner}"));
        Console.WriteLine(PrintableText.Line(TuningSummary.Cost(result)));
        Console.WriteLine(PrintableText.Line(result.Ended));
        return ExitCode.Ok;
    }

    private static int Report(ParseResult parsed, string folder, TuningResult result)
    {
        // A search that is over wrote its own, with the figures of the confirmation.
        if (!result.State.Facts.ContainsKey(SearchStrategy.ConfirmedFact)) TuningFiles.Write(result);
        foreach (string file in TuningFiles.All) Console.WriteLine(Path.Combine(folder, file));
        return ExitCode.Ok;
    }

    private static int Export(ParseResult parsed, string folder, TuningResult result)
    {
        int trial = parsed.GetValue(Trial) ?? result.Winner;
        int count = result.State.Trials.Count(t => t.Proposal.Kind == TrialKind.Search);
        if (trial >= count) throw new UserException($"--trial {trial}: the search has trials 0 to {count - 1}.");
        // What was recommended in the end stands in a file.
        string best = Path.Combine(folder, BestJson.FileName);
        Console.Out.Write(parsed.GetValue(Trial) is null && File.Exists(best) ? File.ReadAllText(best) : BestJson.Write(result, trial));
        return ExitCode.Ok;
    }
}
