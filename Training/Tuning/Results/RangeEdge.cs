using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>A tuned number whose best value lies at an end of its range: better ones may lie beyond.</summary>
/// <param name="Key">The path of the setting.</param>
/// <param name="Value">The best trial's.</param>
/// <param name="End">The end of the range.</param>
/// <param name="IsUpper">Which end.</param>
internal sealed record RangeEdge(string Key, double Value, double End, bool IsUpper)
{
    // Outer part of a range that counts as its end.
    private const double Outer = 0.05;

    /// <summary>What lies at an end, in the order of the space.</summary>
    /// <param name="trial">The best trial.</param>
    /// <param name="arm">Its arm.</param>
    public static IReadOnlyList<RangeEdge> Find(SearchTrial trial, SearchArm arm)
    {
        IReadOnlyList<double> point = trial.Proposal.Point;
        if (point.Count != arm.Space.Leaves.Count) return [];
        bool[] active = arm.Space.Cube.FindActive(point);
        return
        [
            .. arm
                .Space.Leaves.Index()
                .Where(l => active[l.Index])
                .Select(l => Look(l.Item, point[l.Index]))
                .OfType<RangeEdge>(),
        ];
    }

    private static RangeEdge? Look(SpaceLeaf leaf, double at)
    {
        if (leaf.Option is not UniformNumericOption range || range.Min == range.Max || at < range.ZeroShare) return null;
        double within = (at - range.ZeroShare) / (1 - range.ZeroShare), value = range.SampleFromFeatureSpace([at]).AsType<double>();
        if (within >= 1 - Outer || value >= range.Max) return new(leaf.Key, value, range.Max, IsUpper: true);
        // Nothing lies beyond 0: no setting is negative.
        return (within <= Outer || value <= range.Min) && range.Min > 0 ? new(leaf.Key, value, range.Min, IsUpper: false) : null;
    }
}
