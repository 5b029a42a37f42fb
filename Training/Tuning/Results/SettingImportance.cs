using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>
/// How much it mattered which value a setting had: PED-ANOVA (Watanabe, Bansal and Hutter 2023, arXiv:2304.10255). A setting counts as far
/// as the best trials' values lie elsewhere than those of all.
/// </summary>
/// <remarks>
/// p is the density of the best fifth, q that of all trials, both on a grid; a setting's share is that of Σ q (p/q - 1)². Numbers have a
/// grid of 50 places and Gaussian kernels; both densities have the bandwidth of all trials (Scott's rule), so that p/q is at most five.
/// Choices have their own cells. A setting that counts only together with others is looked at among the trials where it does, and its
/// value is weighted with their share.
/// </remarks>
/// <param name="Key">The path of the setting.</param>
/// <param name="Share">0 to 1; together 1, or all 0 where nothing mattered.</param>
internal sealed record SettingImportance(string Key, double Share)
{
    /// <summary>Below so many trials the figures would be noise.</summary>
    public const int FewestTrials = 25;

    private const int Places = 50, BestOneIn = 5;

    /// <summary>The settings of a space, the most important one first.</summary>
    /// <param name="space">What was searched.</param>
    /// <param name="points">Points of its cube, best trial first; at least <see cref="FewestTrials"/>.</param>
    public static IReadOnlyList<SettingImportance> Compute(SearchSpace space, IReadOnlyList<IReadOnlyList<double>> points)
    {
        bool[][] active = [.. points.Select(space.Cube.FindActive)];
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach ((int axis, SpaceLeaf leaf) in space.Leaves.Index())
        {
            double[] where = [.. points.Where((_, i) => active[i][axis]).Select(p => p[axis])];
            double share = (double)where.Length / points.Count;
            found[leaf.Key] = found.GetValueOrDefault(leaf.Key) + share * Divergence(where, space.Cube.Axes[axis].Choices);
        }
        double all = found.Values.Sum();
        return
        [
            .. found
                .Select(f => new SettingImportance(f.Key, all > 0 ? f.Value / all : 0))
                .OrderByDescending(i => i.Share)
                .ThenBy(i => i.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>Σ q (p/q - 1)² of one axis.</summary>
    /// <param name="values">Coordinates from 0 to 1, best trial first.</param>
    /// <param name="choices">Number of choices; 0 for numbers.</param>
    internal static double Divergence(IReadOnlyList<double> values, int choices)
    {
        if (values.Count < BestOneIn) return 0;
        int best = (values.Count + BestOneIn - 1) / BestOneIn;
        double bandwidth = choices > 0 ? 0 : Bandwidth(values);
        if (choices == 0 && bandwidth == 0) return 0;
        int cells = choices > 0 ? choices : Places;
        double[] p = Density(values.Take(best), cells, bandwidth), q = Density(values, cells, bandwidth);
        double sum = 0;
        for (int i = 0; i < cells; i++)
            if (q[i] > 0) sum += q[i] * Math.Pow(p[i] / q[i] - 1, 2);
        return sum;
    }

    // Each value is worth the same, whether its kernel lies inside or at an end: a density that sums to 1.
    private static double[] Density(IEnumerable<double> values, int cells, double bandwidth)
    {
        var density = new double[cells];
        foreach (double value in values)
        {
            if (bandwidth == 0) density[Math.Min((int)(value * cells), cells - 1)]++;
            else for (int i = 0; i < cells; i++) density[i] += Math.Exp(-0.5 * Math.Pow(((i + 0.5) / cells - value) / bandwidth, 2));
        }
        double all = density.Sum();
        return [.. density.Select(d => d / all)];
    }

    private static double Bandwidth(IReadOnlyList<double> values)
    {
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return deviation < 1e-9 ? 0 : Math.Max(1.06 * deviation * Math.Pow(values.Count, -0.2), 1.0 / Places);
    }
}
