namespace EmotionMLNet.Training.Metrics;

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Sample standard deviation (n - 1); null for a single seed, which says nothing about spread.</param>
/// <param name="Count">Seeds, at least 1.</param>
internal readonly record struct MeanAndSpread(double Mean, double? Deviation, int Count)
{
    /// <param name="values">The values, at least one.</param>
    public static MeanAndSpread Compute(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return new(mean, values.Count < 2 ? null : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)), values.Count);
    }
}
