using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>A finished search in plain sentences.</summary>
internal static class TuningSummary
{
    /// <summary>The verdict, what the figures are worth, and what it cost.</summary>
    public static IEnumerable<string> Sentences(TuningResult result) =>
        [Verdict(result), .. Evidence(result), .. Longer(result), Cost(result)];

    /// <summary>Whether there is a gain.</summary>
    public static string Verdict(TuningResult result)
    {
        var text = new MetricText(result.Options.Metric);
        if (result is { IsDefaultRejected: true, Winner: 0 }) return "Nothing is within the limits: raise them, or take a smaller network.";
        if (result.Chosen is null)
            return !TrialStanding.ReadAll(result).Any(t => t.IsSearch && t.IsWhole)
                    ? "No gain shown: keep the default. No trial had all of its training."
                : result.Winner == 0 ? "Nothing is confirmed: keep the default, which is also the best so far."
                : $"Nothing is confirmed: keep the default. {Name(result)} is the best so far, by the very figure that makes it the best.";
        if (result.IsDefaultRejected)
            return $"The default breaks a limit ({result.State.Trials[0].Reason}), so there is nothing to gain over. {Name(result)} is the "
                + "best within the limits.";
        if (result.Winner == 0)
            return "No gain shown: keep the default. It was itself "
                + (
                    result.Chosen.Trials == 1
                        ? "the only trial that had all of its training."
                        : $"the best of {result.Chosen.Trials} trials that had all of their training."
                );
        if (result.Gain is not { } gain)
            return $"Nothing was confirmed: keep the default. {Name(result)} was the best one of the search, but it was not trained again "
                + "with fresh seeds beside the default.";
        return gain.IsShown
            ? $"{Name(result)} is better than the default by {text.Lead(gain.Lead)}."
            : $"No gain shown: keep the default. {Name(result)} {(gain.Lead.Value < 0 ? "is behind" : "leads")} by "
                + $"{text.Lead(gain.Lead.Value < 0 ? gain.Lead.Reversed() : gain.Lead)}"
                + (
                    gain.Seeds == 1 ? ", and one seed alone shows nothing."
                    : gain.Lead.High < 0 ? "."
                    : ", and that may as well be nothing."
                );
    }

    /// <summary>"Trial 17", with its arm where there are several.</summary>
    public static string Name(TuningResult result) => $"Trial {result.Winner}{ArmOf(result, result.Winner)}";

    /// <summary>The figure by which the trial was chosen, and what it is worth.</summary>
    public static string? Figures(TuningResult result)
    {
        if (result.Chosen is not { } chosen) return null;
        var text = new MetricText(result.Options.Metric);
        string reached = $"{Name(result)} reached {text.OfScore(chosen.Raw)} {text.Name} of the expression labels on validation";
        return chosen.Trials == 1
            ? $"{reached}; it is the only trial that had all of its training, so nothing was chosen by this figure "
                + $"(95 % interval {text.RangeOfScore(chosen.Corrected)})."
            : $"{reached}, but by this very figure it was chosen from {Plural.Format(chosen.Trials, "trial")}, and the best of many "
                + $"is also the luckiest. Corrected for the choice it is {text.OfScore(chosen.Corrected.Value)} (95 % interval "
                + $"{text.RangeOfScore(chosen.Corrected)}), on pictures that had no say in it.";
    }

    private static IEnumerable<string> Evidence(TuningResult result)
    {
        if (result is { Winner: not 0, Gain: { } gain })
        {
            var text = new MetricText(result.Options.Metric);
            string seeds = gain.Seeds == 1 ? "one fresh seed" : $"the same {gain.Seeds} fresh seeds";
            string where = gain.IsOnTest
                ? "on the test split, which had no say in the choice."
                : $"on validation; {text.Difference(gain.Optimism)} were taken off, because these very pictures made the choice.";
            yield return $"Both were trained with {seeds} and measured {where}"
                + (gain.Seeds == 1 ? " The luck of the seed is not in the interval." : "");
        }
        if (Figures(result) is { } figures) yield return figures;
    }

    // After the search, and without a say in it.
    private static IEnumerable<string> Longer(TuningResult result)
    {
        if (result.Final is not { } final) yield break;
        var text = new MetricText(result.Options.Metric);
        string best = TuningJob.BestName;
        yield return $"The recommended settings were then trained for {DurationText.Format(final.Seconds)} "
            + $"({Plural.Format(final.Epochs, "epoch")}): {text.OfLoss(final.Loss)} {text.Name} on validation, where the best confirmed "
            + $"model has {text.OfLoss(final.Confirmed)}. "
            + (final.IsHandedOn ? $"{best} is the longer trained one; test was not read for it." : $"{best} stays the confirmed one.");
    }

    /// <summary>What the search noted, as a sentence.</summary>
    public static string Sentence(string note) =>
        note.Length == 0 ? note : $"{char.ToUpperInvariant(note[0])}{note[1..].TrimEnd('.')}.";

    /// <summary>Time, trials and epochs.</summary>
    public static string Cost(TuningResult result)
    {
        IReadOnlyList<TrialStanding> all = TrialStanding.ReadAll(result);
        TrialStanding[] search = [.. all.Where(t => t.IsSearch)];
        int confirmations = all.Count - search.Length;
        IEnumerable<string> parts =
        [
            $"{search.Count(t => t.IsWhole)} with all of the training",
            .. Part(TrialStatus.Stopped, "stopped early"),
            .. Part(TrialStatus.Failed, "failed"),
            .. Part(TrialStatus.Rejected, "rejected untrained"),
        ];
        double had = (result.Options.Budget?.TotalSeconds ?? 0) - result.Layout.FinalSeconds;
        return $"The search took {DurationText.Format(result.State.Now)}"
            + (had > 0 ? $" of the {DurationText.Format(had)} that it had" : "")
            + $": {Plural.Format(search.Length, "trial")} ({string.Join(", ", parts)}), "
            + (confirmations > 0 ? $"{Plural.Format(confirmations, "training")} to confirm, " : "")
            + $"{Plural.Format(all.Sum(t => t.Trial.Epochs.Count), "epoch")} together.";

        IEnumerable<string> Part(TrialStatus status, string what) =>
            search.Count(t => t.Trial.Status == status) is > 0 and var n ? [$"{n} {what}"] : [];
    }

    private static string ArmOf(TuningResult result, int trial) =>
        result.Options.Arms.Count > 1 && trial < result.State.Trials.Count ? $" ({result.State.Trials[trial].Proposal.Arm})" : "";
}
