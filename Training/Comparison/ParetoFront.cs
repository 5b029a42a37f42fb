namespace EmotionMLNet.Training.Comparison;

/// <summary>The candidates that no other one beats in both respects.</summary>
internal static class ParetoFront
{
    /// <param name="points">Two figures each, of both of which more is better.</param>
    /// <returns>Which are on the front; equal points both are.</returns>
    public static bool[] Find(IReadOnlyList<(double First, double Second)> points) =>
        [.. points.Select(p => !points.Any(q => q.First >= p.First && q.Second >= p.Second && (q.First > p.First || q.Second > p.Second)))];
}
