using System.Text;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>One setting at a time: its values and what they reached, and where the best one lies at an end of its range.</summary>
internal static class SliceSection
{
    private const int Plot = 150, Width = 330;

    // Neighbouring trials of a choice would hide one another; this irrational step spreads them evenly over its cell.
    private const double Golden = 0.618033988749895, Spread = 0.6;

    public static void Append(PageBuilder body, TuningView view)
    {
        body.Section("slices", "One setting at a time");
        TrialStanding[] shown = [.. view.Search.Where(t => t.Loss is { } loss && double.IsFinite(loss))];
        (ChartAxis up, bool isCut) = view.AxisFor(shown.Select(t => t.Loss!.Value));
        string[] charts =
        [
            .. view.Result.Options.Arms.SelectMany(a => a.Space.Leaves.Select((l, i) => (Arm: a, Leaf: l, Axis: i)))
                .GroupBy(s => Signature(s.Leaf))
                .SelectMany(g => Draw(view, [.. g], shown, up)),
        ];
        if (charts.Length == 0)
        {
            body.Paragraph("There is nothing to show: no setting was varied, or no trial came to a figure.");
            return;
        }
        if (view.Winner is { } winner) body.List(RangeEdge.Find(winner.Trial, winner.Arm).Select(Warn));
        body.Side(charts);
        body.Paragraph(
            "Each trial stands at the figure of the highest rung to which it came: rings are of lower rungs, with fewer epochs, and mostly "
                + $"lower for that reason. Trials without a figure are left out.{(isCut ? $" {TuningView.Cut}" : "")}",
            "soft"
        );
    }

    /// <summary>"The best learning rate …, 0.29, lies at the upper end of its range, 0.3: widen it."</summary>
    public static string Warn(RangeEdge edge) =>
        $"The best {Words(edge.Key)} ({edge.Key}), {SettingChange.Short(edge.Value)}, lies at the {(edge.IsUpper ? "upper" : "lower")} end "
        + $"of its range, {SettingChange.Short(edge.End)}: widen it.";

    // "optimisation.learningRate" is "learning rate".
    private static string Words(string key)
    {
        var words = new StringBuilder();
        foreach (char c in key[(key.LastIndexOf('.') + 1)..])
            words.Append(char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c);
        return words.ToString();
    }

    // Arms share a chart where they have the same range under the same conditions; defaults may differ.
    private static string Signature(SpaceLeaf leaf) =>
        $"{leaf.Key} {Conditions(leaf)} "
        + leaf.Option switch
        {
            UniformNumericOption r => FormattableString.Invariant(
                $"{r.Min} {r.Max} {r.Step} {r.LogBase} {r.LogOfComplement} {r.ZeroShare}"
            ),
            ChoiceOption c => string.Join(' ', c.Choices),
            _ => "",
        };

    private static string Conditions(SpaceLeaf leaf) =>
        string.Join(
            " and ",
            leaf.When.Select(w => $"{w.Key[(w.Key.LastIndexOf('.') + 1)..]} is {string.Join(" or ", w.Values.Select(SettingAxis.Show))}")
        );

    private static IEnumerable<string> Draw(
        TuningView view,
        (SearchArm Arm, SpaceLeaf Leaf, int Axis)[] slice,
        TrialStanding[] trials,
        ChartAxis up
    )
    {
        SpaceLeaf leaf = slice[0].Leaf;
        bool isOneOfMany = view.Result.Options.Arms.Count > 1;
        var kinds = new List<PlotMarks>();
        foreach ((int number, (SearchArm arm, _, int axis)) in slice.Index())
        {
            string of = isOneOfMany ? $"{arm.Name}, " : "";
            TrialStanding[] own = [.. trials.Where(t => t.Arm == arm && Counts(t, axis))];
            kinds.Add(new($"{of}lower rung", MarkShape.Ring, number, Marks(own.Where(t => !t.IsWhole), axis)));
            kinds.Add(new($"{of}whole", MarkShape.Disc, number, Marks(own.Where(t => t.IsWhole && t != view.Winner), axis)));
            kinds.Add(new("the best", MarkShape.Diamond, 4, Marks(own.Where(t => t.IsWhole && t == view.Winner), axis)));
        }
        if (kinds.All(k => k.Marks.Count == 0)) yield break;
        string arms = string.Join(", ", slice.Select(s => s.Arm.Name)), when = Conditions(leaf);
        string below = $"{Words(leaf.Key)}{(when.Length > 0 ? $" where {when}" : "")}";
        yield return PlotChart.Draw(
            leaf.Key,
            $"{view.Text.Axis} against {leaf.Key}, {(isOneOfMany ? $"{arms}, " : "")}{kinds.Sum(k => k.Marks.Count)} trials. "
                + string.Join(
                    ' ',
                    kinds.Where(k => k.Marks.Count > 0).Select(k => $"{k.Name}: {(k.Marks is [var one] ? one.Tip : k.Marks.Count)}.")
                ),
            SettingAxis.For(Svg.Fit(below, Width), leaf.Option, Width),
            up,
            [],
            kinds,
            Plot
        );

        PlotMark[] Marks(IEnumerable<TrialStanding> of, int axis) =>
            [
                .. of.Select(t => new PlotMark(
                    Place(t, axis, leaf.Option),
                    view.Text.Height(t.Loss!.Value),
                    $"{view.Tip(t)}, {SettingAxis.Show(leaf.Option.SampleFromFeatureSpace([t.Trial.Proposal.Point[axis]]))}"
                )),
            ];
    }

    private static bool Counts(TrialStanding t, int axis) =>
        t.Trial.Proposal.Point.Count == t.Arm.Space.Leaves.Count && t.Arm.Space.Cube.FindActive(t.Trial.Proposal.Point)[axis];

    private static double Place(TrialStanding t, int axis, OptionBase option)
    {
        double at = t.Trial.Proposal.Point[axis];
        if (option is not ChoiceOption choice) return at;
        return (choice.IndexAt(at) + 0.5 + Spread * (t.Trial.Id * Golden % 1 - 0.5)) / choice.Choices.Count;
    }
}
