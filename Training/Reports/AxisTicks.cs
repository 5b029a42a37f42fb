namespace EmotionMLNet.Training.Reports;

/// <summary>Round tick values for an axis: 1, 2 or 5 times a power of ten apart (Heckbert 1990, "Nice numbers for graph labels").</summary>
internal static class AxisTicks
{
    private const int MostPowers = 6;

    private static readonly int[] Steps = [1, 2, 5];

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

    /// <summary>Ticks 1, 2, 5 times powers of ten, or as many powers alone as there is room for, that cover [low, high].</summary>
    /// <param name="low">Positive.</param>
    /// <param name="high">The upper end, at least as large.</param>
    public static double[] ComputePowers(double low, double high)
    {
        int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
        if (last <= first) last = first + 1;
        double[] fine =
        [
            .. Enumerable.Range(first, last - first).SelectMany(p => Steps.Select(s => s * Math.Pow(10, p))),
            Math.Pow(10, last),
        ];
        int begin = Array.FindLastIndex(fine, t => t <= low * (1 + 1e-9)), end = Array.FindIndex(fine, t => t >= high * (1 - 1e-9));
        if (end <= begin) (begin, end) = begin > 0 ? (begin - 1, begin) : (begin, begin + 1);
        if (end - begin < MostPowers) return fine[begin..(end + 1)];
        int step = (last - first + MostPowers - 1) / MostPowers;
        return [.. Enumerable.Range(0, (last - first + step - 1) / step + 1).Select(i => Math.Pow(10, first + i * step))];
    }
}
