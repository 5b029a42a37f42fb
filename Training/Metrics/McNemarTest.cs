namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// Whether two classifiers differ on the same images, from those that exactly one of them got right: McNemar 1947, Psychometrika 12:153.
/// Images that both got right, or both wrong, say nothing about the difference.
/// </summary>
/// <param name="OnlyFirst">Images that only the first classifier labelled right.</param>
/// <param name="OnlySecond">Images that only the second classifier labelled right.</param>
/// <param name="P">Two-sided probability of a difference at least as large if both were equally good, 0 to 1.</param>
/// <param name="Exact">Whether the binomial distribution was used, not the approximation.</param>
internal readonly record struct McNemarTest(int OnlyFirst, int OnlySecond, double P, bool Exact)
{
    /// <summary>Below so many discordant images the binomial is summed; from there on the chi-squared approximation is good.</summary>
    private const int ExactBelow = 25;

    /// <param name="first">Whether the first classifier was right, image by image.</param>
    /// <param name="second">Whether the second was, of the same images in the same order.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static McNemarTest Compute(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} and {second.Length} images are not pairs.");
        int onlyFirst = 0, onlySecond = 0;
        for (int n = 0; n < first.Length; n++)
        {
            if (first[n] && !second[n]) onlyFirst++;
            if (second[n] && !first[n]) onlySecond++;
        }
        return Compute(onlyFirst, onlySecond);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{bool}, ReadOnlySpan{bool})"/>
    public static McNemarTest Compute(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int discordant = onlyFirst + onlySecond;
        if (discordant < ExactBelow) return new(onlyFirst, onlySecond, Binomial(Math.Min(onlyFirst, onlySecond), discordant), Exact: true);
        // Edwards' continuity correction; a difference of nothing stays nothing.
        double corrected = Math.Max(0, Math.Abs(onlyFirst - onlySecond) - 1), statistic = corrected * corrected / discordant;
        // Upper tail of chi-squared with one degree of freedom.
        return new(onlyFirst, onlySecond, ErrorFunction.Complement(Math.Sqrt(statistic / 2)), Exact: false);
    }

    // min(1, 2 Σ_{k ≤ fewer} C(n, k) / 2ⁿ)
    private static double Binomial(int fewer, int n)
    {
        double term = 1, sum = 1;
        for (int k = 1; k <= fewer; k++) sum += term *= (n - k + 1.0) / k;
        return Math.Min(1, 2 * sum * Math.Pow(0.5, n));
    }
}
