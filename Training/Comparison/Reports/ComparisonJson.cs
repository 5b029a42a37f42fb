using System.Text.Json;
using System.Text.Json.Serialization;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>The whole comparison for scripts: the names are a contract.</summary>
internal static class ComparisonJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static string Render(Comparison c) =>
        JsonSerializer.Serialize(
            new
            {
                madeAt = c.MadeAt,
                machine = c.Machine,
                commandLine = c.Repeat.Comparison,
                winner = new
                {
                    name = c.Winner.Name,
                    seed = c.Winner.Best.Outcome.Seed,
                    model = ComparisonRun.BestName,
                    usage = c.Winner.Candidate.Trainer.Usage,
                    isBetterThanGuessing = ComparisonSummary.Warning(c.Winner) is null,
                },
                chosenBy = $"mean validation {ComparisonSummary.MetricName(c.Options)} over seeds; of equals the one with fewer parameters",
                quotedSplit = c.IsTested ? "test, read once, after the choice" : "validation, on which the choice was made",
                baseline = Guess(c.Winner.Best.Quoted),
                summary = ComparisonSummary.Sentences(c),
                remarks = c.Remarks,
                candidates = c.Results.Select(r => Candidate(r)),
                failed = c.Failed.Select(f => new { name = f.Candidate.Name, reason = f.Reason }),
                pairs = c.Pairs.Select(p => new
                {
                    first = p.First,
                    second = p.Second,
                    images = p.Images,
                    onlyFirstRight = p.Test.OnlyFirst,
                    onlySecondRight = p.Test.OnlySecond,
                    mcNemarP = p.Test.P,
                    exact = p.Test.Exact,
                    holmP = p.AdjustedP,
                    accuracyDifference = p.Differences.Accuracy,
                    macroF1Difference = p.Differences.MacroF1,
                    sentence = p.Sentence,
                }),
                pairsOverSeeds = c.Recipes.Select(p => new
                {
                    first = p.First,
                    second = p.Second,
                    firstSeeds = p.FirstSeeds,
                    secondSeeds = p.SecondSeeds,
                    accuracyDifference = p.Accuracy,
                    bootstrapP = p.P,
                    holmP = p.AdjustedP,
                    sentence = p.Sentence,
                }),
                data = c.Data,
            },
            Options
        ) + "\n";

    private static object Candidate(CandidateResult r) => new
    {
        name = r.Name,
        accuracyOverSeeds = r.Over(f => f.Accuracy),
        macroF1OverSeeds = r.Over(f => f.MacroF1),
        bestSeed = r.Best.Outcome.Seed,
        cost = r.Cost,
        trainingSecondsMean = r.Seconds,
        settings = r.Candidate.Trainer.DescribeSettings(r.Candidate.Options),
        failures = r.Failures.Select(f => new { seed = f.Seed, reason = f.Reason }),
        runs = r.Runs.Select(run => new
        {
            seed = run.Outcome.Seed,
            folder = run.Folder,
            ended = run.Outcome.Ended,
            bestEpoch = run.Outcome.BestEpoch,
            trainingSeconds = run.Outcome.Seconds,
            history = run.Outcome.History,
            validation = Split(run.Validation),
            test = run.Test is { } test ? Split(test) : null,
        }),
    };

    private static object Split(Evaluation evaluation) =>
        new
        {
            figures = evaluation.Report,
            mlNet = MlNetMetrics.Compute(evaluation.Report),
            baseline = Guess(evaluation),
            isBetterThanGuessing = Baseline.IsBeatenBy(evaluation),
        };

    private static object Guess(Evaluation evaluation)
    {
        var guess = Baseline.Compute(evaluation);
        return new
        {
            majorityLabel = guess.MajorityLabel,
            majorityAccuracy = guess.Accuracy.Majority,
            chanceAccuracy = guess.Accuracy.Chance,
        };
    }
}
