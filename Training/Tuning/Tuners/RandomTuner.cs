using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>Uniform points: Bergstra and Bengio 2012, "Random search for hyper-parameter optimization".</summary>
internal sealed class RandomTuner(SearchCube cube, ulong seed) : ITuner
{
    public double[] Propose(IReadOnlyList<Trial> history, int trialId)
    {
        RandomStream draws = Draws.Of(seed, trialId, Draws.Purpose.Uniform);
        return Draws.Point(cube, ref draws);
    }
}
