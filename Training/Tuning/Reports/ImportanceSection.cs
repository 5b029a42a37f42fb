using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>Which settings decided, arm by arm.</summary>
internal static class ImportanceSection
{
    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("importance", "What mattered");
        var charts = new List<string>();
        var hidden = new List<string>();
        foreach (SearchArm arm in view.Result.Options.Arms)
        {
            IReadOnlyList<double>[] points =
            [
                .. view.Ranked.Where(t => t.Arm == arm && t.Loss is not null && !t.HasFailed)
                    .Select(t => t.Trial.Proposal.Point)
                    .Where(p => p.Count == arm.Space.Leaves.Count),
            ];
            if (arm.Space.Leaves.Count == 0) hidden.Add($"{arm.Name}: no setting was varied.");
            else if (points.Length < SettingImportance.FewestTrials)
                hidden.Add(
                    $"{arm.Name}: not shown, since {points.Length} of its trials came to a figure, and below "
                        + $"{SettingImportance.FewestTrials} this would be noise."
                );
            else charts.Add(Draw(arm, SettingImportance.Compute(arm.Space, points)));
        }
        if (charts.Count > 0)
        {
            body.Side(charts);
            body.Paragraph(
                "How far the values of the best fifth of the trials lie elsewhere than those of all (PED-ANOVA, Watanabe, Bansal and "
                    + "Hutter 2023), as shares of 100 %. It says what decided among the trials of this search, in its ranges, not "
                    + "whether more or less is better: see the slices.",
                "soft"
            );
        }
        if (hidden.Count > 0) body.List(hidden);
    }

    private static string Draw(SearchArm arm, IReadOnlyList<SettingImportance> settings)
    {
        var part = new PageBuilder();
        double[] shares = [.. settings.Select(s => s.Share)];
        part.Raw(BarChart.Draw($"Share of each setting, {arm.Name}", ShortNames(settings), [(arm.Name, shares)]));
        part.Table($"Importance, {arm.Name}", ["setting", "share"], settings.Select(s => (string[])[s.Key, FigureText.Percent(s.Share)]));
        return part.ToString();
    }

    // The last parts of paths, as long as they tell settings apart.
    private static string[] ShortNames(IReadOnlyList<SettingImportance> settings)
    {
        string[] last = [.. settings.Select(s => s.Key[(s.Key.LastIndexOf('.') + 1)..])];
        return [.. settings.Select((s, i) => last.Count(l => l == last[i]) > 1 ? s.Key : last[i])];
    }
}
