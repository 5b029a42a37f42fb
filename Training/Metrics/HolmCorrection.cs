namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// Keeps the chance of any false "is better" among several tests at the wanted level: Holm 1979, Scand. J. Statist. 6:65.
/// </summary>
internal static class HolmCorrection
{
    /// <summary>Below it an adjusted probability is taken for a real difference.</summary>
    public const double Level = 0.05;

    /// <param name="p">Probabilities of all tests of one question.</param>
    /// <returns>Adjusted probabilities in the same order: to be compared with <see cref="Level"/> as if there had been one test.</returns>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        double largest = 0;
        foreach ((int rank, int test) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
            adjusted[test] = largest = Math.Max(largest, Math.Min(1, (p.Count - rank) * p[test])); // never below that of a smaller p
        return adjusted;
    }
}
