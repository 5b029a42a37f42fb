namespace EmotionMLNet.Training.Metrics;

/// <summary>The complementary error function, which .NET has not: Abramowitz and Stegun 1964, 7.1.6 and 7.1.14.</summary>
internal static class ErrorFunction
{
    private const double Border = 2; // the series is exact to the last digits below, the fraction above

    /// <summary>erfc(x) = 2/√π ∫ₓ^∞ exp(-t²) dt, to about 1e-13 of its value.</summary>
    /// <param name="x">0 or more.</param>
    public static double Complement(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        return x < Border ? 1 - Series(x) : Fraction(x);
    }

    // erf(x) = 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5···(2n+1))
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-17; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // erfc(x) = exp(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...
    private static double Fraction(double x)
    {
        double tail = x;
        for (int n = 120; n > 0; n--) tail = x + n / 2.0 / tail;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * tail);
    }
}
