using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>A comparison in plain sentences.</summary>
internal static class ComparisonSummary
{
    public static IEnumerable<string> Sentences(Comparison c)
    {
        CandidateResult winner = c.Winner;
        yield return Choice(c);
        yield return c.IsTested
            ? $"On the test split ({c.SplitName}, {Plural.Format(winner.Figures.Images, "image")}, read once, after the choice) "
                + $"its best model labels {ComparisonFigures.WithInterval(winner.Figures)} right; in brackets the 95 % interval. "
                + $"Macro F1 is {ComparisonFigures.Percent(winner.Figures.MacroF1)}."
            : $"On validation ({c.SplitName}, {Plural.Format(winner.Figures.Images, "image")}) its best model labels "
                + $"{ComparisonFigures.WithInterval(winner.Figures)} right; in brackets the 95 % interval. Macro F1 is "
                + $"{ComparisonFigures.Percent(winner.Figures.MacroF1)}. The data has no test split: epoch and candidate were "
                + "chosen on these very images, so the figures are flattering.";
        yield return Guessing(c);
        if (ExtraAnnotation(c.Results) is { } help) yield return help;
        PairedComparison[] own = [.. c.Pairs.Where(p => p.First == winner.Name || p.Second == winner.Name)];
        foreach (PairedComparison pair in own) yield return pair.Sentence;
        foreach (RecipeComparison pair in c.Recipes.Where(p => p.First == winner.Name || p.Second == winner.Name))
            yield return pair.Sentence;
        foreach (CandidateResult result in c.Results)
            foreach ((int seed, string reason) in result.Failures)
                yield return $"{result.Name} failed with seed {seed}, its other figures stand: {reason}";
        foreach ((Candidate candidate, string reason) in c.Failed) yield return $"{candidate.Name} failed and is left out: {reason}";
    }

    /// <summary>Who was chosen and why, and whether there was anything to choose.</summary>
    public static string Choice(Comparison c)
    {
        ComparisonOptions o = c.Options;
        string rules =
            $"{Plural.Format(o.Seeds, "run")}{(c.Results.Count > 1 ? " each, the same data, split and seeds" : "")}, {Length(o)}";
        string why = c.Results.Count > 1 ? $"it has the best mean {MetricName(o)} on validation of {c.Results.Count} candidates"
            : c.Failed.Count > 0 ? "it was the only candidate that could be trained" : "it is the only candidate";
        return $"{c.Winner.Name} was chosen{(Warning(c.Winner) is { } warning ? $", {warning}" : "")}: {why} ({rules}).";
    }

    /// <summary>
    /// What must be said wherever a candidate is called the chosen one; null where it is better than guessing on the split of the choice.
    /// </summary>
    public static string? Warning(CandidateResult winner)
    {
        if (Baseline.IsBeatenBy(winner.Best.Validation)) return null;
        var guess = Baseline.Compute(winner.Best.Validation);
        return "though it is not better than guessing (on validation "
            + $"{ComparisonFigures.Percent(winner.Best.Validation.Report.Accuracy)} right, always '{guess.MajorityLabel}' "
            + $"{ComparisonFigures.Percent(guess.Accuracy.Majority)})";
    }

    /// <summary>Who learned more than the data's labels: a comparison with somebody who did not is one of data too.</summary>
    private static string? ExtraAnnotation(IReadOnlyList<CandidateResult> results)
    {
        string[] helped = [.. results.Where(r => r.ExtraAnnotation).Select(r => r.Name)];
        if (helped.Length == 0) return null;
        bool all = helped.Length == results.Count;
        string who = all && helped.Length > 1 ? "All candidates" : string.Join(", ", helped);
        return $"{who} used extra annotation, votes on training images, directly or through a model to begin with or to learn "
            + $"from{(all ? "" : "; the others had none, so the differences are not of the networks alone")}.";
    }

    private static string Guessing(Comparison c)
    {
        Baseline guess = c.Baseline;
        string[] notBetter = [.. c.Results.Where(r => !Baseline.IsBeatenBy(r.Best.Quoted)).Select(r => r.Name)];
        string who = notBetter.Length == 0 ? "" : $" Not better than that, by the 95 % interval: {string.Join("; ", notBetter)}.";
        return $"Without looking at them, always '{guess.MajorityLabel}', the commonest label, is right for "
            + $"{ComparisonFigures.Percent(guess.Accuracy.Majority)} of these images, and a label drawn at random for "
            + $"{ComparisonFigures.Percent(guess.Accuracy.Chance)}.{who}";
    }

    private static string Length(ComparisonOptions o)
    {
        if (o.Budget is { } budget)
            return string.Create(CultureInfo.InvariantCulture, $"{DurationText.Format(budget.TotalSeconds)} of training a run");
        string length = o.Candidates.Any(c => c.IsNetwork && c.Options.Optimisation.Time is not null)
            ? "epochs or times as set"
            : "epochs as set";
        return o.Candidates.All(c => c.IsNetwork) ? length
            : o.Candidates.Any(c => c.IsNetwork) ? $"{length} where there are epochs" : "each as long as its trainer takes";
    }

    /// <summary>How pairs were tested.</summary>
    public const string PairedMethod =
        "Each candidate's best model, image by image: McNemar's test (exact below 25 images that only one of the two labelled "
        + "right), p after Holm's correction over all pairs; differences in points with 95 % intervals from 10,000 bootstrap "
        + "resamples of the images. Luck of the seed is not in these figures.";

    /// <summary>How pairs were compared over seeds.</summary>
    public const string RecipeMethod =
        "Mean accuracy over all seeds: both images and seeds are resampled 10,000 times (pigeonhole bootstrap; of S seeds S - 1 "
        + "are drawn), p after Holm's correction over all pairs. This asks which way to train is better, the tests above which of "
        + "two saved models.";

    public static string MetricName(ComparisonOptions options) => options.Metric switch
    {
        SelectionMetric.Accuracy => "accuracy",
        SelectionMetric.MacroF1 => "macro F1",
        _ => "log loss",
    };
}
