using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>The best trials with all of their settings, arm by arm.</summary>
internal static class CoordinateSection
{
    private const int MostLines = 20;
    private const double Width = 330;

    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("coordinates", "The best trials together");
        string[] charts = [.. view.Result.Options.Arms.SelectMany(a => Draw(view, a))];
        if (charts.Length == 0)
        {
            body.Paragraph("There are too few trials with figures and settings to compare.");
            return;
        }
        body.Side(charts);
        body.Paragraph(
            $"A line a trial, of each arm the best {MostLines} at most: an axis a row, from top to bottom, the figure last. Those that "
                + "came to higher rungs are better than others.",
            "soft"
        );
    }

    private static IEnumerable<string> Draw(TuningView view, SearchArm arm)
    {
        TrialStanding[] best =
        [
            .. view.Ranked.Where(t => t.Arm == arm && t.Loss is { } loss && double.IsFinite(loss))
                .Where(t => t.Trial.Proposal.Point.Count == arm.Space.Leaves.Count)
                .Take(MostLines),
        ];
        if (best.Length < 2 || arm.Space.Leaves.Count == 0) yield break;
        // A setting with several ranges, of which one counts at a time, has an axis for each.
        ChartAxis[] axes = [.. arm.Space.Leaves.Select(l => SettingAxis.For(NameOf(l), l.Option, Width))];
        double low = best.Min(t => view.Text.Height(t.Loss!.Value)), high = best.Max(t => view.Text.Height(t.Loss!.Value));
        var figures = ChartAxis.Cover(view.Text.Axis, low, high);
        ChartAxis last = figures with { Ticks = [.. figures.Ticks.Select(t => (Scale(t.At), t.Text))] };
        yield return CoordinateChart.Draw(
            $"The best of {arm.Name}",
            $"Settings of {Plural.Format(best.Length, "trial")}. The best one, {view.Tip(best[0])}: "
                + string.Join(", ", best[0].Values.Select(v => $"{v.Key} {SettingAxis.Show(v.Value)}"))
                + ".",
            [.. axes, last],
            [.. best.Select(t => ($"trial {t.Trial.Id}, {view.Text.OfLoss(t.Loss)}", Places(t)))]
        );

        double Scale(double at) => (at - figures.Low) / (figures.High - figures.Low);

        IReadOnlyList<double?> Places(TrialStanding t)
        {
            bool[] active = arm.Space.Cube.FindActive(t.Trial.Proposal.Point);
            return
            [
                .. t.Trial.Proposal.Point.Select((u, i) => active[i] ? Middle(arm.Space.Leaves[i].Option, u) : (double?)null),
                Scale(view.Text.Height(t.Loss!.Value)),
            ];
        }
    }

    private static string NameOf(SpaceLeaf leaf) =>
        leaf.When.Count == 0 ? leaf.Key : $"{leaf.Key} ({string.Join(", ", leaf.When.SelectMany(w => w.Values).Select(SettingAxis.Show))})";

    private static double Middle(OptionBase option, double u) =>
        option is ChoiceOption choice ? (choice.IndexAt(u) + 0.5) / choice.Choices.Count : u;
}
