using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// A density over axes of the unit cube: a mixture of a product of kernels for each point, and of a prior. One component is drawn for all
/// axes together, so that what goes together stays together (multivariate TPE: Falkner et al. 2018, arXiv:1807.01774; Watanabe 2023,
/// arXiv:2304.11127).
/// </summary>
/// <remarks>
/// Numbers: a normal distribution cut to [0, 1], centred at the point. Its σ is the larger gap to the neighbours among the points, the
/// only one at the ends, and the way to the farther border for a single point; it is kept within [1 / min(100, n + 2), 1], and no smaller
/// than a cell of an axis with few values, whose points have no gaps where they repeat. The prior has centre ½ and σ 1. Choices of k:
/// (1[the point's] + w) / (1 + k w) with w = 1 / (n + 1), and evenly in the prior.
/// </remarks>
internal sealed class ParzenEstimator
{
    private readonly IReadOnlyList<CubeAxis> axes;
    private readonly double[] share; // [n + 1], sums to 1; the prior is last
    private readonly double[] logShare;
    private readonly double[][] centre, sigma, logScale; // [axis][component], empty for choices
    private readonly int[][] chosen; // [axis][component], -1 in the prior; empty for numbers
    private readonly double smoothing;

    /// <param name="axes">The axes, whose conditions hold at all points.</param>
    /// <param name="points">[n][axis], each 0 to 1.</param>
    /// <param name="weights">[n], above 0; the prior has 1.</param>
    public ParzenEstimator(IReadOnlyList<CubeAxis> axes, IReadOnlyList<double[]> points, IReadOnlyList<double> weights)
    {
        this.axes = axes;
        int n = points.Count;
        smoothing = 1.0 / (n + 1);
        double total = weights.Sum() + 1;
        share = [.. weights.Select(w => w / total), 1 / total];
        logShare = [.. share.Select(s => Math.Log(s))];
        centre = new double[axes.Count][];
        sigma = new double[axes.Count][];
        logScale = new double[axes.Count][];
        chosen = new int[axes.Count][];
        for (int a = 0; a < axes.Count; a++)
        {
            bool isChoice = axes[a].Choices > 0;
            chosen[a] = isChoice ? [.. points.Select(p => axes[a].ChoiceAt(p[a])), -1] : [];
            centre[a] = isChoice ? [] : [.. points.Select(p => p[a]), 0.5];
            sigma[a] = isChoice ? [] : [.. FindSigmas(centre[a].AsSpan(0, n), axes[a].Values), 1];
            logScale[a] =
            [
                .. centre[a].Zip(sigma[a], (m, s) =>
                    -Math.Log(s) - NormalDistribution.LogRootTwoPi - Math.Log(Mass(m, s))),
            ];
        }
    }

    /// <summary>The logarithm of the density: of numbers to their length, of choices a probability.</summary>
    /// <param name="x">[axis], each 0 to 1.</param>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        Span<double> log = share.Length <= 256 ? stackalloc double[share.Length] : new double[share.Length];
        logShare.CopyTo(log);
        for (int a = 0; a < axes.Count; a++)
        {
            if (axes[a].Choices > 0)
            {
                int choice = axes[a].ChoiceAt(x[a]);
                for (int c = 0; c < log.Length; c++) log[c] += Math.Log(Probability(a, c, choice));
            }
            else
            {
                for (int c = 0; c < log.Length; c++)
                {
                    double z = (x[a] - centre[a][c]) / sigma[a][c];
                    log[c] += logScale[a][c] - 0.5 * z * z;
                }
            }
        }
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double l in log) largest = Math.Max(largest, l);
        foreach (double l in log) sum += Math.Exp(l - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>Draws a point: [axis].</summary>
    public double[] Sample(ref RandomStream draws)
    {
        int component = 0;
        for (double u = draws.NextDouble(); component < share.Length - 1 && u >= share[component]; component++) u -= share[component];
        var x = new double[axes.Count];
        for (int a = 0; a < x.Length; a++)
            x[a] = axes[a].Choices > 0 ? SampleChoice(a, component, ref draws) : SampleNumber(a, component, ref draws);
        return x;
    }

    // At least a third of a normal distribution with a centre in [0, 1] and σ ≤ 1 lies inside, so this ends soon.
    private double SampleNumber(int axis, int component, ref RandomStream draws)
    {
        while (true)
        {
            double x = centre[axis][component] + sigma[axis][component] * draws.NextNormal();
            if (x is >= 0 and <= 1) return x;
        }
    }

    private double SampleChoice(int axis, int component, ref RandomStream draws)
    {
        int choices = axes[axis].Choices, choice = 0;
        for (double u = draws.NextDouble(); choice < choices - 1; choice++)
        {
            u -= Probability(axis, component, choice);
            if (u < 0) break;
        }
        return (choice + 0.5) / choices;
    }

    private double Probability(int axis, int component, int choice)
    {
        int choices = axes[axis].Choices, own = chosen[axis][component];
        return own < 0 ? 1.0 / choices : ((choice == own ? 1 : 0) + smoothing) / (1 + choices * smoothing);
    }

    /// <summary>The share of a normal distribution that lies in [0, 1].</summary>
    private static double Mass(double centre, double sigma) =>
        NormalDistribution.Cumulative((1 - centre) / sigma) - NormalDistribution.Cumulative(-centre / sigma);

    private static double[] FindSigmas(ReadOnlySpan<double> centres, int values)
    {
        int n = centres.Length;
        if (n == 0) return [];
        double least = Math.Max(1.0 / Math.Min(100, n + 2), values > 0 ? 1.0 / values : 0);
        double[] points = centres.ToArray();
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => points[i])];
        var sigmas = new double[n];
        for (int i = 0; i < n; i++)
        {
            double below = i > 0 ? points[order[i]] - points[order[i - 1]] : 0,
                above = i < n - 1 ? points[order[i + 1]] - points[order[i]] : 0;
            double gap = n == 1 ? Math.Max(points[0], 1 - points[0]) : Math.Max(below, above);
            sigmas[order[i]] = Math.Clamp(gap, least, 1);
        }
        return sigmas;
    }
}
