using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>Sobol points with a digital shift: every coordinate's bits are flipped by a number that the seed gives.</summary>
internal sealed class SobolTuner(SearchCube cube, ulong seed) : ITuner
{
    private const double Unit = 1.0 / (1L << 32);

    /// <exception cref="ArgumentException">The space has more dimensions than there are numbers for.</exception>
    public double[] Propose(IReadOnlyList<Trial> history, int trialId)
    {
        if (cube.Dimensions > SobolSequence.MostDimensions)
            throw new ArgumentException($"Sobol points have up to {SobolSequence.MostDimensions} dimensions, not {cube.Dimensions}.");
        RandomStream shift = Draws.Of(seed, 0, Draws.Purpose.Shift);
        var point = new double[cube.Dimensions];
        for (int i = 0; i < point.Length; i++)
            point[i] = (SobolSequence.Coordinate(i, (uint)trialId) ^ (uint)(shift.NextUInt64() >> 32)) * Unit;
        return cube.Snap(point);
    }
}
