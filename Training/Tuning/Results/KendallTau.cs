namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>
/// How far two orders of the same things agree: 1 where they are the same, -1 where one is the other backwards, about 0 where they have
/// nothing to do with each other (Kendall 1938, Biometrika 30:81; b, which takes account of equals).
/// </summary>
internal static class KendallTau
{
    /// <summary>The coefficient; null where all values of one side are equal.</summary>
    /// <param name="pairs">Losses of the same trial; NaN is worse than any number, and equal to itself.</param>
    public static double? Compute(IReadOnlyList<(double First, double Second)> pairs)
    {
        long agreeing = 0, first = 0, second = 0;
        for (int i = 0; i < pairs.Count; i++)
            for (int j = 0; j < i; j++)
            {
                int a = LossOrder.Compare(pairs[i].First, pairs[j].First), b = LossOrder.Compare(pairs[i].Second, pairs[j].Second);
                agreeing += a * b;
                first += a * a;
                second += b * b;
            }
        return first == 0 || second == 0 ? null : agreeing / Math.Sqrt((double)first * second);
    }
}
