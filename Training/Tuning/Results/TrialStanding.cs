using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>What a trial had come to when the search ended.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Arm">Its arm.</param>
/// <param name="Rung">The highest rung whose epochs it has, from 0; null where it has come to none.</param>
/// <param name="Loss">Its loss there; that of the last epoch where it has come to no rung; null without epochs.</param>
/// <param name="Accuracy">Likewise.</param>
/// <param name="At">When it had come so far, seconds of the search's clock.</param>
internal sealed record TrialStanding(SearchTrial Trial, SearchArm Arm, int? Rung, double? Loss, double? Accuracy, double? At)
{
    /// <summary>Whether it was there to find settings.</summary>
    public bool IsSearch => Trial.Proposal.Kind == TrialKind.Search;

    /// <summary>Whether it has had all that a trial gets.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Rungs that it has come to, with its loss on each and when it had it.</summary>
    public IReadOnlyList<(int Rung, double Loss, double At)> Steps { get; private init; } = [];

    /// <summary>Whether it failed before it was trained, or was never to be.</summary>
    public bool HasFailed => Trial.Status is TrialStatus.Failed or TrialStatus.Rejected;

    /// <summary>The tuned settings that count at its point, by path; without fixed ones.</summary>
    public IEnumerable<KeyValuePair<string, Parameter>> Values
    {
        get
        {
            IReadOnlyList<double> point = Trial.Proposal.Point;
            if (point.Count != Arm.Space.Leaves.Count) return [];
            bool[] active = Arm.Space.Cube.FindActive(point);
            return Arm
                .Space.Leaves.Index()
                .Where(l => active[l.Index])
                .Select(l => KeyValuePair.Create(l.Item.Key, l.Item.Option.SampleFromFeatureSpace([point[l.Index]])));
        }
    }

    /// <summary>All trials by number.</summary>
    public static IReadOnlyList<TrialStanding> ReadAll(TuningResult result) =>
        [.. result.State.Trials.Select(t => Read(t, result.Options.ArmOf(t.Proposal.Arm), result.Layout))];

    /// <summary>For sorting, the better one first: who came further, then who has the smaller loss, then the earlier one.</summary>
    public static int Compare(TrialStanding a, TrialStanding b)
    {
        int further = (b.Rung ?? -1).CompareTo(a.Rung ?? -1);
        if (further != 0) return further;
        if (a.Loss is null || b.Loss is null) return (a.Loss is null).CompareTo(b.Loss is null);
        int better = LossOrder.Compare(a.Loss.Value, b.Loss.Value);
        return better != 0 ? better : a.Trial.Id.CompareTo(b.Trial.Id);
    }

    private static TrialStanding Read(SearchTrial trial, SearchArm arm, SearchLayout layout)
    {
        var steps = new List<(int Rung, double Loss, double At)>();
        for (int rung = layout.FirstRung(arm); rung <= layout.Top; rung++)
            if (SearchHistory.LossAt(trial, arm, layout, rung) is { } loss) steps.Add((rung, loss, Reached(rung)));
        if (steps is [.., var last])
            return new(trial, arm, last.Rung, last.Loss, SearchHistory.AccuracyAt(trial, arm, layout, last.Rung), last.At)
            {
                IsWhole = last.Rung == layout.Top,
                Steps = steps,
            };
        return trial.Epochs is [.., var epoch]
            ? new(trial, arm, null, epoch.Loss, epoch.Accuracy, epoch.At)
            : new(trial, arm, null, null, null, null);

        double Reached(int rung)
        {
            Rung wanted = layout.RungOf(arm, rung);
            return trial.Epochs.First(e => layout.RungOf(arm, e.Rung).Share == wanted.Share && e.Epoch == wanted.Epochs).At;
        }
    }
}
