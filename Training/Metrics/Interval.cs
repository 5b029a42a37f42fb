namespace EmotionMLNet.Training.Metrics;

/// <summary>A figure with its 95 % interval.</summary>
internal readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>The interval of the same difference taken the other way round.</summary>
    public Interval Reversed() => new(-Value, -High, -Low);

    /// <summary>The percentile interval of a bootstrap (Efron and Tibshirani 1993, chapter 13).</summary>
    /// <param name="value">On the sample itself.</param>
    /// <param name="resampled">On the resamples, at least one; they are not changed.</param>
    public static Interval FromResamples(double value, IEnumerable<double> resampled)
    {
        double[] sorted = [.. resampled.Order()];
        return new Interval(value, Quantile(sorted, 0.025), Quantile(sorted, 0.975));
    }

    // Between order statistics linearly, as NumPy does.
    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}
