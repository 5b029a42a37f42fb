using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Which of several searches (networks, say) gets the next trial: one drawn in proportion to 1 / ECI, the estimated cost of an
/// improvement (Wang et al. 2021, arXiv:1911.04706).
/// </summary>
/// <remarks>
/// ECI = max(k1, k2, 2 (e1 - e*) / v): k1 is the arm's cost since its last improvement, k2 that between its last two, e1 its best loss,
/// e2 the one before, e* the best of all arms that are measured after as much of the resource, v = (e2 - e1) / (k1 + k2). An arm that has
/// not begun comes first.
/// </remarks>
internal sealed class ArmChooser(ulong seed)
{
    /// <summary>Chooses an arm.</summary>
    /// <param name="arms">The trials of each, by number.</param>
    /// <param name="trialId">The number of the new trial.</param>
    public int Choose(IReadOnlyList<IReadOnlyList<Trial>> arms, int trialId)
    {
        for (int i = 0; i < arms.Count; i++)
            if (arms[i].Count == 0) return i;
        double[] costs = Estimate(arms);
        double[] weights = [.. costs.Select(c => 1 / c)];
        if (!(weights.Sum() > 0)) weights = [.. arms.Select(_ => 1.0)];
        RandomStream draws = Draws.Of(seed, trialId, Draws.Purpose.Arm);
        double u = draws.NextDouble() * weights.Sum();
        for (int i = 0; i < weights.Length - 1; i++)
        {
            u -= weights[i];
            if (u < 0) return i;
        }
        return weights.Length - 1;
    }

    /// <summary>The ECI of each arm; infinite where it has no loss yet.</summary>
    internal static double[] Estimate(IReadOnlyList<IReadOnlyList<Trial>> arms)
    {
        Progress[] all = [.. arms.Select(Progress.Of)];
        return [.. all.Select(p => p.CostOfImprovement(Best(p.Resource)))];

        double Best(int resource) =>
            all.Where(p => p.Resource == resource && !double.IsNaN(p.Loss)).Select(p => p.Loss).DefaultIfEmpty(double.NaN).Min();
    }

    /// <summary>How an arm came to its best loss.</summary>
    private readonly record struct Progress(double Loss, double LossBefore, double Since, double Between, int Resource)
    {
        public static Progress Of(IReadOnlyList<Trial> trials)
        {
            double loss = double.NaN, before = double.NaN, cost = 0, at = 0, atBefore = 0;
            int resource = 0;
            foreach (Trial trial in trials)
            {
                if (!trial.IsFinished) continue;
                cost += trial.Cost;
                if (trial.Measurements.Count > 0) resource = trial.Measurements[^1].Resource;
                if (!LossOrder.IsBetter(trial.Loss, loss)) continue;
                before = loss;
                loss = trial.Loss;
                atBefore = at;
                at = cost;
            }
            return new(loss, before, cost - at, at - atBefore, resource);
        }

        public double CostOfImprovement(double best)
        {
            if (double.IsNaN(Loss)) return double.PositiveInfinity;
            double least = Math.Max(Math.Max(Since, Between), double.Epsilon);
            if (double.IsNaN(LossBefore)) return least;
            double speed = (LossBefore - Loss) / (Since + Between);
            return Math.Max(least, 2 * (Loss - best) / speed);
        }
    }
}
