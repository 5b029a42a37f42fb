using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.RateSearch;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>lr-find: Suggests a learning rate.</summary>
internal static class LearningRateCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of curve and table; by default artifacts/lr-find-ARCH-DATE-TIME.",
    };
    private static readonly Option<double> From = new NumberOption<double>("--from-rate")
    {
        Description = "First learning rate.",
        DefaultValueFactory = _ => 1e-5,
    };
    private static readonly Option<double> To = new NumberOption<double>("--to-rate")
    {
        Description = "Last learning rate.",
        DefaultValueFactory = _ => 10,
    };
    private static readonly Option<int> Steps = new NumberOption<int>("--steps")
    {
        Description = "Steps from the one to the other; at most one pass over the training images.",
        DefaultValueFactory = _ => 200,
    };

    // Below that a curve is mostly the luck of its first batches.
    private const int FewestSteps = 50;

    public static Command Create()
    {
        var command = new Verb(
            "lr-find",
            "Suggests a peak learning rate: raises it step by step until the loss breaks. Takes the settings of 'train'; reads "
                + "the training split alone."
        )
            .Add("Search", From, To, Steps, Out)
            .AddExamples("--data FOLDER --architecture emotion-cnn");
        command.Add("Data and network", [.. TrainCommand.Sources]);
        TrainSettings.AddTo(command);
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        TrainingOptions options = TrainCommand.Resolve(parsed, resumed: null);
        if (options.Faces is not null) throw new UserException("lr-find is for networks that give labels: give settings of one.");
        (double from, double to, int steps) = (parsed.GetValue(From), parsed.GetValue(To), parsed.GetValue(Steps));
        bool isWrong = SettingProblems.Write(options.FindProblems());
        string[] problems = [.. FindProblems(options, from, to, steps)];
        foreach (string problem in problems) Console.Error.WriteLine(problem);
        if (isWrong || problems.Length > 0) return ExitCode.Usage;

        using var interruption = new Interruption();
        PreparedTraining prepared = PreparedTraining.Prepare(options, [Split.Train], new ConsoleReporter(), interruption.Token);
        using var learner = new Learner(prepared.Options, prepared.Network, prepared.Preprocessing, prepared.Data);
        LearningRateSearch search;
        using (var progress = new ConsoleProgress("rising rates", "steps"))
            search = LearningRateSearch.Run(learner, from, to, steps, progress, interruption.Token);
        if (search.Points.Count == 0)
            throw new UserException("the loss is no number from the first batch on: look at the data and the weights.", ExitCode.Failure);

        string folder = parsed.GetValue(Out) ?? TrainCommand.NewFolder($"lr-find-{options.Network.Architecture}");
        LearningRateReport.Write(search, $"Learning rates for {options.Network.Architecture}", folder);
        Console.Error.WriteLine($"curve: {Path.Combine(folder, LearningRateReport.Chart)}");
        Console.Error.WriteLine($"table: {Path.Combine(folder, LearningRateReport.Csv)}");
        return PrintSuggestion(search, from, to, steps, learner.Images, Math.Min(options.Optimisation.BatchSize, learner.Images));
    }

    private static int PrintSuggestion(LearningRateSearch search, double from, double to, int steps, int images, int batch)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        int taken = search.Points.Count;
        // One pass over few images is few steps, and what is wanted of them is a curve.
        bool isShort = !search.Diverged && taken < Math.Min(steps, FewestSteps);
        string few = string.Create(
            c,
            $"{Plural.Format(images, "training image")} in batches of {batch} are {Plural.Format(taken, "step")}"
        );
        if (search is not { Suggested: { } suggested, Lowest: { } lowest, Steepest: { } steepest })
        {
            string cure =
                isShort
                    ? string.Create(
                        c,
                        $"{few}, too few for a curve: lower --batch-size, to {Math.Max(2, images / FewestSteps)} for instance"
                    )
                : search.Diverged ? "lower --from-rate"
                : "give more --steps, or a higher --to-rate";
            throw new UserException(string.Create(c, $"the loss never fell between rates of {from} and {to}: {cure}"), ExitCode.Failure);
        }
        if (isShort) Console.Error.WriteLine($"note: {few}: with a smaller --batch-size the curve has more points");
        double? broken = search.Broken?.Rate ?? (search.Diverged ? search.Points[^1].Rate : null);
        string end = broken is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"it breaks at {rate:G2}")
            : string.Create(CultureInfo.InvariantCulture, $"it never broke up to {to}: the suggestion is no more than a lower limit");
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the smoothed loss falls fastest at {steepest.Rate:G2} and is lowest at {lowest.Rate:G2}; {end}"
            )
        );
        Console.Error.WriteLine("suggested peak learning rate, for train --learning-rate:");
        Console.WriteLine(suggested.ToString("G2", CultureInfo.InvariantCulture));
        return ExitCode.Ok;
    }

    private static IEnumerable<string> FindProblems(TrainingOptions options, double from, double to, int steps)
    {
        if (!(from > 0)) yield return $"--from-rate {from}: give a positive number";
        if (!(to > from && double.IsFinite(to))) yield return $"--to-rate {to}: give a number above --from-rate";
        if (steps < 20) yield return $"--steps {steps}: give 20 or more";
        if (options.FineTuning.Freeze.IsAll) yield return "--freeze all trains in seconds: try rates, or freeze a number of blocks instead";
    }
}
