namespace EmotionMLNet.Training.Reports;

/// <summary>Round tick values for an axis: 1, 2 or 5 times a power of ten apart (Heckbert 1990, "Nice numbers for graph labels").</summary>
internal static class AxisTicks
{
    /// <param name="low">Smallest value shown.</param>
    /// <param name="high">Largest value shown.</param>
    /// <param name="wanted">About how many ticks, at least 2.</param>
    /// <param name="whole">Whether there is nothing between whole numbers, as with epochs.</param>
    /// <returns>Ticks that cover [low, high]; a single one for a single whole number.</returns>
    public static double[] Compute(double low, double high, int wanted = 6, bool whole = false)
    {
        if (whole && high <= low) return [low];
        if (high <= low)
        {
            double around = Math.Max(Math.Abs(low) / 10, 0.05);
            (low, high) = (low - around, low + around);
        }
        double rough = (high - low) / (wanted - 1), magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough))), fraction = rough / magnitude;
        double step = magnitude * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
        if (whole) step = Math.Max(1, step);
        long first = (long)Math.Floor(low / step + 1e-9), last = (long)Math.Ceiling(high / step - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 10))];
    }
}
