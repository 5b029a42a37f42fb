using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Every combination once, the last axis first: all choices, all values of an axis that has at most ten, and else ten numbers from one
/// end of the range to the other. Axes that do not count at a point are not varied there.
/// </summary>
internal sealed class GridTuner(SearchCube cube) : ITuner
{
    private const int Steps = 10;

    public double[]? Propose(IReadOnlyList<Trial> history, int trialId)
    {
        int[] digits = new int[cube.Dimensions];
        for (int seen = -1; ;)
        {
            double[] point = ToPoint(digits);
            bool[] active = cube.FindActive(point);
            if (digits.Index().All(d => active[d.Index] || d.Item == 0) && ++seen == trialId) return cube.Snap(point);
            if (!TryAdvance(digits)) return null;
        }
    }

    private bool TryAdvance(int[] digits)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            if (++digits[i] < StepsOf(cube.Axes[i])) return true;
            digits[i] = 0;
        }
        return false;
    }

    private double[] ToPoint(int[] digits) => [.. digits.Select((d, i) => PositionOf(cube.Axes[i], d))];

    private static int StepsOf(CubeAxis axis) => axis.Values == 0 || axis.Choices == 0 && axis.Values > Steps ? Steps : axis.Values;

    private static double PositionOf(CubeAxis axis, int step) => StepsOf(axis) is var steps && steps == axis.Values
        ? (step + 0.5) / steps
        : step / (steps - 1.0);
}
