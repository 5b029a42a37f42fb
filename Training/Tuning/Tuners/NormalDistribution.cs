namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>ln √(2π).</summary>
    public static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>
    /// Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + ...): all terms have one sign, so it is exact to a few units in the last place.
    /// </summary>
    public static double Cumulative(double x)
    {
        if (x > 8.5) return 1;
        if (x < -8.5) return 0;
        double term = x, sum = x;
        for (int odd = 3; Math.Abs(term) > Math.Abs(sum) * 1e-17; odd += 2)
        {
            term *= x * x / odd;
            sum += term;
        }
        return 0.5 + sum * Math.Exp(-0.5 * x * x - LogRootTwoPi);
    }
}
