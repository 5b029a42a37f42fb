using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>Which worker had which trial when, and what went wrong.</summary>
internal static class TimelineSection
{
    private const int MostLanes = 16;

    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("timeline", "Timeline and failures");
        (TrialStanding Trial, TrialSpan Span)[] spans = [.. view.All.SelectMany(t => t.Trial.Spans.Select(s => (t, s)))];
        string[] workers = [.. spans.OrderBy(s => s.Span.From).Select(s => s.Span.Worker).Distinct()];
        if (workers.Length == 0) body.Paragraph("Nothing was trained.");
        else
        {
            string[] kinds =
            [
                .. view.Rungs > 1 ? view.Result.Layout.Rungs.Select((_, i) => $"rung {i + 1}") : ["search"],
                .. view.All.Any(t => !t.IsSearch) ? (string[])["confirmation"] : [],
            ];
            body.Side([
                LaneChart.Draw(
                    "Who trained what when",
                    $"Workers over minutes: {string.Join(", ", workers.Take(MostLanes).Select(Busy))}.",
                    view.Clock,
                    kinds,
                    [.. workers.Take(MostLanes).Select(w => (w, Bars(w)))]
                ),
            ]);
            if (workers.Length > MostLanes)
                body.Paragraph($"The first {MostLanes} of {workers.Length} workers; {TuningFiles.Csv} has all.", "soft");
        }
        Failures(body, view);

        string Busy(string worker) => $"{worker} had a trial {FigureText.Times(spans.Count(s => s.Span.Worker == worker))}";

        IReadOnlyList<LaneBar> Bars(string worker) =>
            [
                .. spans
                    .Where(s => s.Span.Worker == worker)
                    .Select(s => new LaneBar(
                        TuningView.AtMinute(s.Span.From),
                        TuningView.AtMinute(EndOf(s.Trial, s.Span, view)),
                        s.Trial.IsSearch ? Math.Min(s.Span.Rung, view.Rungs - 1) : view.Rungs,
                        view.Tip(s.Trial)
                    )),
            ];
    }

    // A worker that was lost said nothing after its last epoch.
    private static double EndOf(TrialStanding t, TrialSpan span, TuningView view)
    {
        if (span.To is { } end) return end;
        if (t.Trial.Status == TrialStatus.Running && span == t.Trial.Spans[^1]) return view.Result.State.Now;
        double next = t.Trial.Spans.Where(s => s.From > span.From).Select(s => s.From).DefaultIfEmpty(double.MaxValue).Min();
        return t.Trial.Epochs.Where(e => e.At >= span.From && e.At <= next).Select(e => e.At).DefaultIfEmpty(span.From).Max();
    }

    private static void Failures(PageBuilder body, TuningView view)
    {
        body.Heading("Failures");
        string[] failures =
        [
            .. view.All.Where(t => t.HasFailed).Select(Failure),
            .. view.All.Where(t => !t.HasFailed && t.Trial.Losses > 0)
                .Select(t => $"Trial {t.Trial.Id} ({t.Arm.Name}) lost its worker {FigureText.Times(t.Trial.Losses)} and was gone on with."),
        ];
        if (failures.Length == 0)
        {
            body.Paragraph("There were none.");
            return;
        }
        body.List(failures.Take(TuningView.MostRows));
        if (failures.Length > TuningView.MostRows)
            body.Paragraph($"And {failures.Length - TuningView.MostRows} more, in {TuningFiles.Csv}.", "soft");

        static string Failure(TrialStanding t)
        {
            string what = t.Trial.Status == TrialStatus.Failed ? "failed" : "was not trained";
            return $"Trial {t.Trial.Id} ({t.Arm.Name}) {what}: {TuningView.Why(t)}";
        }
    }
}
