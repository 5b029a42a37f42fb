using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>How trials learned from rung to rung, why each was ended, and whether the lower rungs were good judges.</summary>
internal static class RungSection
{
    // With fewer pairs any order is likely to agree with any other.
    private const int FewestPairs = 5;

    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("rungs", "Rungs");
        body.List(view.Result.Layout.Rungs.Select((r, i) => Describe(r, i, view)));
        string[] charts = [.. view.Result.Layout.Rungs.Select(r => r.Share).Distinct().SelectMany(s => Curves(view, s))];
        if (charts.Length > 0)
        {
            body.Side(charts);
            body.Paragraph("A line a trial; the best one is thick, the default dashed.", "soft");
        }
        List<string> agreement = [.. Enumerable.Range(0, view.Result.Layout.Top).Select(r => Agreement(view, r)).OfType<string>()];
        if (agreement.Count > 0)
        {
            body.List(agreement);
            body.Paragraph(
                "1 says that the rung puts trials in the order of the end, 0 that it knows nothing of it. Only trials that went on have "
                    + "both figures. They are alike, so that of all trials would rather be higher.",
                "soft"
            );
        }
        Table(body, view);
    }

    private static string Describe(Rung rung, int number, TuningView view)
    {
        string pictures = rung.Share < 1 ? $"{FigureText.Percent(rung.Share)} of the training pictures" : "all training pictures";
        int came = view.Search.Count(t => t.Steps.Any(s => s.Rung == number));
        return $"Rung {number + 1}: {Plural.Format(rung.Epochs, "epoch")} over {pictures}; {Plural.Format(came, "trial")} came to it.";
    }

    private static IEnumerable<string> Curves(TuningView view, double share)
    {
        (TrialStanding Trial, (double X, double Loss)[] Points)[] trials =
        [
            .. view.Search.Select(t => (t, Epochs(view, t, share))).Where(t => t.Item2.Length > 1),
        ];
        if (trials.Length == 0) yield break;
        (ChartAxis up, bool isCut) = view.AxisFor(trials.SelectMany(t => t.Points.Select(p => p.Loss)));
        string of = share < 1 ? $"{FigureText.Percent(share)} of the pictures" : "all pictures";
        yield return PlotChart.Draw(
            $"Epoch by epoch, {of}",
            $"{view.Text.Axis} against epoch, {Plural.Format(trials.Length, "trial")}."
                + string.Concat(
                    trials
                        .Where(t => t.Trial == view.Winner)
                        .Select(t => $" The best one: from {view.Text.OfLoss(t.Points[0].Loss)} to {view.Text.OfLoss(t.Points[^1].Loss)}.")
                )
                + (isCut ? $" {TuningView.Cut}" : ""),
            ChartAxis.Cover("epoch", trials.Min(t => t.Points[0].X), trials.Max(t => t.Points[^1].X), 8, whole: true),
            up,
            [.. trials.Select(t => Line(view, t.Trial, t.Points))],
            []
        );
    }

    private static PlotLine Line(TuningView view, TrialStanding t, (double X, double Loss)[] epochs)
    {
        (double, double)[] points = [.. epochs.Select(e => (e.X, view.Text.Height(e.Loss)))];
        bool isDefault = t.Trial.Id == 0;
        if (t == view.Winner) return new($"trial {t.Trial.Id}, the best", points, 0, PlotWeight.Strong, Dashed: isDefault);
        return isDefault ? new("the default", points, 1, Dashed: true) : new(null, points, PlotChart.Grey, PlotWeight.Faint);
    }

    private static (double X, double Loss)[] Epochs(TuningView view, TrialStanding t, double share) =>
        [
            .. t
                .Trial.Epochs.Where(e => view.Result.Layout.RungOf(t.Arm, e.Rung).Share == share && double.IsFinite(e.Loss))
                .OrderBy(e => e.Epoch)
                .Select(e => ((double)e.Epoch, e.Loss)),
        ];

    private static string? Agreement(TuningView view, int rung)
    {
        (double, double)[] pairs =
        [
            .. view.Search.Where(t => t.IsWhole && t.Steps.Any(s => s.Rung == rung))
                .Select(t => (t.Steps.First(s => s.Rung == rung).Loss, t.Loss!.Value)),
        ];
        return pairs.Length >= FewestPairs && KendallTau.Compute(pairs) is { } tau
            ? $"Kendall's τ between rung {rung + 1} and the end: {Numbers.Fixed(tau, 2)}, of {Plural.Format(pairs.Length, "trial")}."
            : null;
    }

    private static void Table(PageBuilder body, TuningView view)
    {
        if (view.Ranked.Count == 0) return;
        bool isCut = view.Ranked.Count > TuningView.MostRows;
        body.Table(
            isCut ? $"The best {TuningView.MostRows} of {view.Ranked.Count} trials, and why each was ended" : "Why each trial was ended",
            ["trial", "arm", $"validation {view.Text.Name}", "rung", "epochs", "status", "why"],
            view.Ranked.Take(TuningView.MostRows)
                .Select(t =>
                    (string[])
                        [
                            $"trial {t.Trial.Id}{(t.Trial.Id == 0 ? ", default" : "")}",
                            t.Arm.Name,
                            view.Text.OfLoss(t.Loss),
                            t.Rung is { } rung ? $"{rung + 1}" : "–",
                            $"{t.Trial.Epochs.Count}",
                            t.Trial.Status.ToString().ToLowerInvariant(),
                            TuningView.Why(t),
                        ]
                ),
            bestFirst: view.Ranked[0] == view.Winner,
            endsInText: true
        );
        if (isCut) body.Paragraph($"The others are in {TuningFiles.Csv}.", "soft");
    }
}
