using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>What was reached when, over the minutes of the search's clock.</summary>
internal static class HistorySection
{
    private static readonly (string Name, MarkShape Shape, int Colour)[] Kinds =
    [
        ("all of its training", MarkShape.Disc, 0),
        ("promoted, not to the top", MarkShape.Square, 2),
        ("not promoted", MarkShape.Ring, 5),
        ("stopped by a rule", MarkShape.Triangle, 3),
        ("failed", MarkShape.Cross, 1),
        ("confirmation", MarkShape.Diamond, 4),
    ];

    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("history", "History");
        if (!view.All.Any(t => t.Loss is { } loss && double.IsFinite(loss)))
        {
            body.Paragraph("No trial came to a figure.");
            return;
        }
        TrialStanding[] whole = [.. view.All.Where(t => t.IsWhole)];
        string[] charts =
        [
            Draw(view, view.All, "What was reached when", out bool isCut),
            .. whole.Length > 1 && whole.Length < view.All.Count
                ? (string[])[Draw(view, whole, "The same, with all of their training", out _)]
                : [],
        ];
        body.Side(charts);
        body.Paragraph(
            $"Each trial stands at the {view.Text.Name} that it had on the highest rung to which it came, and at the minute when it had "
                + "it. The best so far may be that of a lower rung; only who had all of its training can be chosen. "
                + "Failed trials without a figure stand at the edge."
                + (isCut ? $" {TuningView.Cut}" : ""),
            "soft"
        );
    }

    private static string Draw(TuningView view, IReadOnlyList<TrialStanding> trials, string title, out bool isCut)
    {
        (ChartAxis up, isCut) = view.AxisFor(trials.Select(t => t.Loss).OfType<double>());
        ChartAxis clock = view.Clock;
        double? level = view.All[0].Loss is { } usual && double.IsFinite(usual) ? view.Text.Height(usual) : null;
        return PlotChart.Draw(
            title,
            Describe(view, trials),
            clock,
            up,
            [
                new("best so far", BestSoFar(view, trials), 0),
                .. level is { } y ? (PlotLine[])[new("the default", [(clock.Low, y), (clock.High, y)], PlotChart.Grey, Dashed: true)] : [],
            ],
            [.. Kinds.Select((k, i) => new PlotMarks(k.Name, k.Shape, k.Colour, Of(i)))]
        );

        PlotMark[] Of(int kind) => [.. Marks(view, trials.Where(t => KindOf(t, view) == kind), up)];
    }

    // As steps: what was best stays so until something better comes.
    private static (double X, double Y)[] BestSoFar(TuningView view, IReadOnlyList<TrialStanding> trials)
    {
        var line = new List<(double X, double Y)>();
        double best = double.NaN;
        bool isTopOnly = trials.Count < view.All.Count;
        IEnumerable<(int Rung, double Loss, double At)> steps = trials
            .Where(t => t.IsSearch)
            .SelectMany(t => isTopOnly ? t.Steps.TakeLast(1) : t.Steps);
        foreach ((_, double loss, double at) in steps.OrderBy(s => s.At))
        {
            if (!LossOrder.IsBetter(loss, best)) continue;
            double x = TuningView.AtMinute(at);
            if (line.Count > 0) line.Add((x, line[^1].Y));
            line.Add((x, view.Text.Height(best = loss)));
        }
        if (line.Count > 0) line.Add((TuningView.AtMinute(view.Result.State.Now), line[^1].Y));
        return [.. line];
    }

    private static IEnumerable<PlotMark> Marks(TuningView view, IEnumerable<TrialStanding> trials, ChartAxis up)
    {
        double worst = view.Text.SmallerIsBetter ? up.High : up.Low;
        foreach (TrialStanding t in trials)
        {
            double? at = t.At ?? (t.Trial.Spans is [.., var last] ? last.From : null);
            if (at is not { } seconds) continue;
            double y = t.Loss is { } loss && double.IsFinite(loss) ? view.Text.Height(loss) : worst;
            yield return new(
                TuningView.AtMinute(seconds),
                y,
                $"{view.Tip(t)}; {TuningView.Why(t)}",
                t == view.Winner && t.IsWhole ? $"{t.Trial.Id}" : null
            );
        }
    }

    private static int KindOf(TrialStanding t, TuningView view) => t switch
    {
        { HasFailed: true } => 4,
        { IsSearch: false } => 5,
        { Trial.Status: TrialStatus.Stopped } => 3,
        { IsWhole: true } => 0,
        { Rung: { } rung } when rung > view.Result.Layout.FirstRung(t.Arm) => 1,
        _ => 2,
    };

    private static string Describe(TuningView view, IReadOnlyList<TrialStanding> trials)
    {
        string counts = string.Join(
            ", ",
            Kinds.Select((k, i) => (k.Name, Count: trials.Count(t => KindOf(t, view) == i))).Where(k => k.Count > 0).Select(k =>
                $"{k.Name}: {k.Count}"
            )
        );
        return $"{view.Text.Axis} against minutes. {counts}. The default: {view.Text.OfLoss(view.All[0].Loss)}. "
            + $"The best one that had all of its training: {view.Text.OfLoss(view.Winner?.Loss)}.";
    }
}
