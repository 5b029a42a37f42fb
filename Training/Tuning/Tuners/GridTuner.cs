using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Every combination once, the last axis first: all choices, all values of an axis that has at most ten, and else ten numbers from one
/// end of the range to the other. Axes that do not count at a point are not varied there.
/// </summary>
internal sealed class GridTuner(SearchCube cube) : ITuner
{
    private const int Steps = 10;

    // Where an axis has a value more than once, as the zeros of a rate that is off, it counts once.
    private readonly double[][] levels = [.. cube.Axes.Select(a => FindLevels(a))];

    public double[]? Propose(IReadOnlyList<Trial> history, int trialId)
    {
        int[] digits = new int[cube.Dimensions];
        for (int seen = -1; ;)
        {
            double[] point = [.. digits.Select((d, i) => levels[i][d])];
            bool[] active = cube.FindActive(point);
            if (digits.Index().All(d => active[d.Index] || d.Item == 0) && ++seen == trialId) return cube.Snap(point);
            if (!TryAdvance(digits)) return null;
        }
    }

    private bool TryAdvance(int[] digits)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            if (++digits[i] < levels[i].Length) return true;
            digits[i] = 0;
        }
        return false;
    }

    private static double[] FindLevels(CubeAxis axis)
    {
        bool isWhole = axis.Values > 0 && (axis.Choices > 0 || axis.Values <= Steps);
        int steps = isWhole ? axis.Values : Steps;
        return
        [
            .. Enumerable.Range(0, steps).Select(i => axis.Snap(isWhole ? (i + 0.5) / steps : i / (steps - 1.0))).Distinct(),
        ];
    }
}
