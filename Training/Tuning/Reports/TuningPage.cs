using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>A finished search as one self-contained page that needs no script.</summary>
internal static class TuningPage
{
    public static string Render(TuningResult result)
    {
        var view = new TuningView(result);
        var body = new PageBuilder();
        Verdict(body, result);
        Changes(body, result);
        HistorySection.Append(body, view);
        RungSection.Append(body, view);
        SliceSection.Append(body, view);
        ImportanceSection.Append(body, view);
        Costs(body, view);
        TimelineSection.Append(body, view);
        CoordinateSection.Append(body, view);
        Repeat(body, result);
        string data = Path.GetFileName(Path.TrimEndingDirectorySeparator(result.Options.Arms[0].Defaults.Data.Path));
        return HtmlPage.Render($"Search on {data}", body.Navigation + body);
    }

    private static void Verdict(PageBuilder body, TuningResult result)
    {
        body.Section("verdict", "Verdict");
        IEnumerable<string> sentences = TuningSummary.Sentences(result).Select(s => $"<p>{PageBuilder.Prose(s)}</p>\n");
        body.Raw($"<div class=\"call\">\n{string.Concat(sentences)}</div>\n");
        body.Paragraph(TuningSummary.Sentence(result.Ended));
        if (result.HasModel)
            body.Raw(
                $"<p class=\"soft\"><a href=\"{TuningJob.ConfirmationFolder}/{ComparisonFiles.Page}\">The trainings with fresh seeds, "
                    + "compared in full</a></p>\n"
            );
        if (result.Layout.Note is { } note) body.Paragraph(TuningSummary.Sentence(note));
    }

    private static void Changes(PageBuilder body, TuningResult result)
    {
        body.Section("changes", "Winner against default");
        if (result.State.Trials.Count == 0 || result.Winner == 0)
        {
            body.Paragraph("The default recipe is the best that was found, so no setting differs.");
            return;
        }
        IReadOnlyList<SettingChange> changes = SettingChange.Read(result);
        if (changes.Count == 0)
        {
            body.Paragraph("No setting differs.");
            return;
        }
        body.Table(
            "Settings that differ",
            ["setting", "default", $"trial {result.Winner}"],
            changes.Select(c => (string[])[c.Path, c.Default, c.Found])
        );
        body.Paragraph(
            $"{BestJson.FileName} has the settings of trial {result.Recommended}, which "
                + (result.Recommended == 0 ? "is the default: the gain of the other one is not shown." : "is recommended."),
            "soft"
        );
    }

    private static void Costs(PageBuilder body, TuningView view)
    {
        body.Section("costs", "Figure against cost");
        TuningResult result = view.Result;
        (TrialStanding Trial, TrialCost Cost)[] known =
        [
            .. view.Search.Where(t => t.IsWhole && double.IsFinite(t.Loss!.Value) && result.Costs.ContainsKey(t.Trial.Id))
                .Select(t => (t, result.Costs[t.Trial.Id])),
        ];
        string[] charts =
        [
            .. Front("Against time", "milliseconds a prediction (less is better)", c => c.Milliseconds ?? 0, 1),
            .. Front("Against size", "megabytes of the model file (less is better)", c => c.FileBytes, 1e-6),
        ];
        if (charts.Length == 0)
        {
            body.Paragraph("There is nothing to weigh: the networks of the trials that had all of their training do not differ in cost.");
            return;
        }
        body.Side(charts);
        body.Paragraph(
            "Trials that had all of their training. The dashed line joins those that no other one beats in both respects (Pareto front); "
                + $"they have their numbers.{(result.Machine.Length > 0 ? $" Times are of {result.Machine}." : "")}",
            "soft"
        );

        IEnumerable<string> Front(string title, string axis, Func<TrialCost, double> cost, double unit)
        {
            (TrialStanding Trial, double Cost)[] points =
            [
                .. known.Where(k => cost(k.Cost) > 0).Select(k => (k.Trial, cost(k.Cost) * unit)).OrderBy(p => p.Item2),
            ];
            if (points.Select(p => p.Cost).Distinct().Count() < 2) yield break;
            bool[] front = ParetoFrontOf(points);
            PlotMark[] marks = [.. points.Select((p, i) => Mark(p.Trial, p.Cost, front[i]))];
            (double low, double high, _) = view.Text.Fit(points.Select(p => p.Trial.Loss!.Value));
            yield return PlotChart.Draw(
                title,
                $"{view.Text.Axis} against {axis}. Beaten by none in both: "
                    + string.Join("; ", points.Where((_, i) => front[i]).Select(p => view.Tip(p.Trial)))
                    + ".",
                ChartAxis.CoverPowers(axis, points[0].Cost, points[^1].Cost),
                ChartAxis.Cover(view.Text.Axis, low, high),
                [
                    new(
                        "beaten by none",
                        [.. marks.Where((_, i) => front[i]).Select(m => (m.X, m.Y))],
                        PlotChart.Grey,
                        Dashed: true
                    ),
                ],
                [
                    new("on the front", MarkShape.Disc, 0, [.. marks.Where((_, i) => front[i])]),
                    new("beaten by another one", MarkShape.Ring, 1, [.. marks.Where((_, i) => !front[i])]),
                ]
            );
        }

        PlotMark Mark(TrialStanding t, double cost, bool isOnFront) =>
            new(
                Math.Log10(cost),
                view.Text.Height(t.Loss!.Value),
                $"{view.Tip(t)}, {SettingChange.Short(cost)}",
                isOnFront ? $"{t.Trial.Id}" : null
            );
    }

    private static bool[] ParetoFrontOf((TrialStanding Trial, double Cost)[] points) =>
        Comparison.ParetoFront.Find([.. points.Select(p => (-p.Trial.Loss!.Value, -p.Cost))]);

    private static void Repeat(PageBuilder body, TuningResult result)
    {
        body.Section("repeat", "Do it again");
        if (result.Repeat.Count > 0) body.Code(result.Repeat);
        SearchOptions o = result.Options;
        body.Table(
            "Arms",
            ["arm", "parameters", "zip", "epochs", "settings tried"],
            o.Arms.Select(a =>
                (string[])
                    [
                        a.Name,
                        ComparisonFigures.Count(CostOf(a)?.Parameters),
                        ComparisonFigures.Megabytes(CostOf(a)?.FileBytes),
                        a.IsNetwork ? $"{result.Layout.EpochsOf(a)}" : ComparisonFigures.None,
                        string.Join(", ", a.Space.Leaves.Select(l => l.Key).Distinct()),
                    ]
            ),
            endsInText: true
        );
        body.List([
            $"{TuningFiles.Csv} has a line for each trial, {BestJson.FileName} the recommended settings.",
            .. result.Final is { IsHandedOn: true } ? (string[])[$"{TuningJob.BestName} is the model that was trained longer."]
                : result.HasModel ? [$"{TuningJob.BestName} is the recommended model of the confirmation."]
                : [],
            $"Seed {o.Seed}. Proposals: {SettingsFile.NameOf(o.Tuner)}.{(o.Workers > 1 ? $" Workers at once: {o.Workers}." : "")}",
            .. result.Machine.Length > 0 ? (string[])[$"Machine: {result.Machine}."] : [],
            .. result.MadeAt.Length > 0 ? (string[])[$"Made {result.MadeAt}."] : [],
        ]);

        TrialCost? CostOf(SearchArm arm) =>
            result.State.Trials.Where(t => t.Proposal.Arm == arm.Name).Select(t => result.Costs.GetValueOrDefault(t.Id)).FirstOrDefault();
    }
}
