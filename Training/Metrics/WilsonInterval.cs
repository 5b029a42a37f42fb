namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// The 95 % score interval of a proportion: Wilson 1927, JASA 22:209. Unlike p ± 1.96 σ it stays inside [0, 1] and holds for small counts.
/// </summary>
internal static class WilsonInterval
{
    private const double Z = 1.959963984540054; // 97.5 % quantile of the normal distribution

    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Number of trials, at least 1.</param>
    public static (double Low, double High) Compute(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double p = (double)successes / trials, z2 = Z * Z / trials;
        double centre = p + z2 / 2, half = Z * Math.Sqrt((p * (1 - p) + z2 / 4) / trials);
        return (Math.Max(0, (centre - half) / (1 + z2)), Math.Min(1, (centre + half) / (1 + z2)));
    }
}
