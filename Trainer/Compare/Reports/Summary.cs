using EmotionMLNet.Terminal;
using System.Globalization;
using EmotionMLNet.Trainer.Metrics;

namespace EmotionMLNet.Trainer.Compare.Reports;

/// <summary>A comparison in plain sentences.</summary>
internal static class Summary
{
    public static IEnumerable<string> Sentences(Comparison c)
    {
        CandidateResult winner = c.Winner;
        ComparisonOptions o = c.Options;
        string each = $"{o.Seeds} {(o.Seeds == 1 ? "run" : "runs")} each, the same data, split and seeds, {(o.Budget is { } budget ? string.Create(CultureInfo.InvariantCulture, $"{ConsoleProgress.Duration(budget.TotalSeconds)} of training a run") : "epochs as set")}";
        yield return $"{winner.Name} was chosen: {(c.Results.Count == 1 ? "it was the only candidate that could be trained" : $"it has the best mean {MetricName(o)} on validation of {c.Results.Count} candidates")} ({each}).";
        yield return c.IsTested
            ? $"On the test split ({c.SplitName}, {Figures.Count(winner.Figures.Images)} images, read once, after the choice) its best model labels {Figures.WithInterval(winner.Figures)} right; in brackets the 95 % interval. Macro F1 is {Figures.Percent(winner.Figures.MacroF1)}."
            : $"On validation ({c.SplitName}, {Figures.Count(winner.Figures.Images)} images) its best model labels {Figures.WithInterval(winner.Figures)} right; in brackets the 95 % interval. Macro F1 is {Figures.Percent(winner.Figures.MacroF1)}. The data has no test split: epoch and candidate were chosen on these very images, so the figures are flattering.";
        if (ExtraAnnotation(c.Results) is { } help) yield return help;
        PairedComparison[] own = [.. c.Pairs.Where(p => p.First == winner.Name || p.Second == winner.Name)];
        foreach (PairedComparison pair in own) yield return pair.Sentence;
        foreach (RecipeComparison pair in c.Recipes.Where(p => p.First == winner.Name || p.Second == winner.Name)) yield return pair.Sentence;
        foreach (CandidateResult result in c.Results)
            foreach ((int seed, string reason) in result.Failures) yield return $"{result.Name} failed with seed {seed}, its other figures stand: {reason}";
        foreach ((Candidate candidate, string reason) in c.Failed) yield return $"{candidate.Name} failed and is left out: {reason}";
    }

    /// <summary>Who learned more than the data's labels: a comparison with somebody who did not is one of data too.</summary>
    private static string? ExtraAnnotation(IReadOnlyList<CandidateResult> results)
    {
        string[] helped = [.. results.Where(r => r.ExtraAnnotation).Select(r => r.Name)];
        if (helped.Length == 0) return null;
        bool all = helped.Length == results.Count;
        string who = all && helped.Length > 1 ? "All candidates" : string.Join(", ", helped);
        return $"{who} used extra annotation, votes on training images, directly or through a model to begin with or to learn from{(all ? "" : "; the others had none, so the differences are not of the networks alone")}.";
    }

    /// <summary>How pairs were tested.</summary>
    public const string PairedMethod = "Each candidate's best model, image by image: McNemar's test (exact below 25 images that only one of the two labelled right), p after Holm's correction over all pairs; differences in points with 95 % intervals from 10,000 bootstrap resamples of the images. Luck of the seed is not in these figures.";

    /// <summary>How pairs were compared over seeds.</summary>
    public const string RecipeMethod = "Mean accuracy over all seeds: both images and seeds are resampled 10,000 times (pigeonhole bootstrap; of S seeds S - 1 are drawn), p after Holm's correction over all pairs. This asks which way to train is better, the tests above which of two saved models.";

    public static string MetricName(ComparisonOptions options) => options.Metric switch
    {
        Training.SelectionMetric.Accuracy => "accuracy",
        Training.SelectionMetric.MacroF1 => "macro F1",
        _ => "log loss",
    };
}
