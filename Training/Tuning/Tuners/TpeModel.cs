using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>A point and what came of it.</summary>
/// <param name="Id">The trial's number: later ones weigh more.</param>
/// <param name="Point">Where it lies.</param>
/// <param name="Loss">What is made small.</param>
internal readonly record struct Observation(int Id, double[] Point, double Loss);

/// <summary>
/// Tree-structured Parzen estimators (Bergstra et al. 2011): where the density of good points is largest against that of all others.
/// </summary>
/// <remarks>
/// Axes that count under the same conditions are a group, with a density of their own over the trials in which they counted; groups are
/// drawn behind those on which they depend. Running trials are bad points (the constant liar), so that workers keep away from one
/// another. Of more than 25 bad points the oldest weigh less: a ramp from 1/n to 1.
/// </remarks>
internal sealed class TpeModel(SearchCube cube, TpeOptions options)
{
    private const int FullWeights = 25, Attempts = 4;

    private readonly int[][] groups = FindGroups(cube);

    /// <summary>Proposes a point.</summary>
    /// <param name="observed">Finished trials, in their order.</param>
    /// <param name="running">Points under way.</param>
    /// <param name="known">Points that bring nothing if they are tried again, since the same settings and seed give the same bits.</param>
    /// <param name="draws">Where draws come from.</param>
    public double[] Propose(
        IReadOnlyList<Observation> observed,
        IReadOnlyList<Observation> running,
        IReadOnlyList<double[]> known,
        ref RandomStream draws
    )
    {
        double[] point = [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            point = (double[])cube.Rest.Clone();
            for (int g = 0; g < groups.Length; g++)
            {
                int[] group = groups[g];
                if (!cube.IsActive(group[0], point)) continue;
                bool isLast = !groups.Skip(g + 1).Any(later => cube.IsActive(later[0], point));
                double[][] ranked = Rank(group, observed, running, ref draws);
                Set(point, group, ranked[0]);
                // A later group may come or go with this one's value, so only what is drawn last looks for news.
                if (!isLast) continue;
                foreach (double[] candidate in ranked)
                {
                    var other = (double[])point.Clone();
                    Set(other, group, candidate);
                    other = cube.Snap(other);
                    if (!IsKnown(other, known)) return other;
                }
            }
        }
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            point = Draws.Point(cube, ref draws);
            if (!IsKnown(point, known)) break;
        }
        return point;
    }

    /// <summary>The densities of good and of all other points of a group: what candidates are judged by.</summary>
    internal (ParzenEstimator Good, ParzenEstimator Bad) Fit(
        int[] group,
        IReadOnlyList<Observation> observed,
        IReadOnlyList<Observation> running
    )
    {
        Observation[] byLoss = [.. observed.OrderBy(o => o, Comparer<Observation>.Create(CompareByLoss))];
        int good = Math.Min(Math.Max((int)Math.Ceiling(options.GoodShare * observed.Count), options.LeastGood), options.MostGood);
        good = Math.Min(good, observed.Count);
        Observation[] bad = [.. byLoss[good..].Concat(running).OrderBy(o => o.Id)];
        return (Estimate(byLoss[..good]), Estimate(bad));

        ParzenEstimator Estimate(Observation[] side) =>
            new(
                [.. group.Select(a => cube.Axes[a])],
                [.. side.Select(o => group.Select(a => o.Point[a]).ToArray())],
                Weigh(side.Length)
            );
    }

    /// <summary>Weights by age: the last 25 have 1, those before them rise from 1/n.</summary>
    internal static double[] Weigh(int count)
    {
        int old = Math.Max(0, count - FullWeights);
        double oldest = 1.0 / Math.Max(1, count);
        return [.. Enumerable.Range(0, count).Select(i => i >= old ? 1 : old == 1 ? oldest : oldest + (1 - oldest) * i / (old - 1))];
    }

    // Candidates of a group, the best first.
    private double[][] Rank(int[] group, IReadOnlyList<Observation> observed, IReadOnlyList<Observation> running, ref RandomStream draws)
    {
        Observation[] seen = [.. observed.Where(o => cube.IsActive(group[0], o.Point))];
        (ParzenEstimator good, ParzenEstimator bad) = Fit(group, seen, [.. running.Where(o => cube.IsActive(group[0], o.Point))]);
        var candidates = new (double[] Point, double Score)[options.Candidates];
        for (int i = 0; i < candidates.Length; i++)
        {
            double[] x = good.Sample(ref draws);
            for (int j = 0; j < x.Length; j++) x[j] = cube.Axes[group[j]].Snap(x[j]); // judged as what would be tried
            candidates[i] = (x, good.LogDensity(x) - bad.LogDensity(x));
        }
        return [.. candidates.OrderByDescending(c => c.Score).Select(c => c.Point)];
    }

    private static int CompareByLoss(Observation a, Observation b) =>
        LossOrder.Compare(a.Loss, b.Loss) is not 0 and var order ? order : a.Id.CompareTo(b.Id);

    private static void Set(double[] point, int[] group, double[] values)
    {
        for (int i = 0; i < group.Length; i++) point[group[i]] = values[i];
    }

    private static bool IsKnown(double[] point, IReadOnlyList<double[]> known)
    {
        foreach (double[] other in known)
            if (point.AsSpan().SequenceEqual(other)) return true;
        return false;
    }

    // Axes by what they depend on, groups behind those of their choices.
    private static int[][] FindGroups(SearchCube cube) =>
    [
        .. cube.Order
            .GroupBy(a => string.Join(';', cube.Axes[a].When.Select(w => $"{w.Axis}:{string.Join(',', w.Allowed)}").Order()))
            .Select(g => g.ToArray()),
    ];
}
