using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Proposals of the default search, for trials that begin on the lowest rung: BOHB's rule (Falkner et al. 2018, arXiv:1807.01774) with
/// our TPE. The model is of the highest rung that has enough results; a third of the proposals are uniform.
/// </summary>
internal sealed class HalvingTuner(SearchCube cube, ulong seed, IReadOnlyList<int> rungs) : ITuner
{
    private const double UniformShare = 1.0 / 3;

    private readonly TpeModel model = new(cube, new() { GoodShare = 0.15, LeastGood = cube.Dimensions + 1, Candidates = 64 });

    public double[] Propose(IReadOnlyList<Trial> history, int trialId)
    {
        RandomStream mixture = Draws.Of(seed, trialId, Draws.Purpose.Mixture), uniform = Draws.Of(seed, trialId, Draws.Purpose.Uniform);
        if (mixture.NextDouble() < UniformShare) return Draws.Point(cube, ref uniform);
        for (int rung = rungs.Count - 1; rung >= 0; rung--)
        {
            Observation[] observed =
            [
                .. history
                    .Where(t => t.LossAt(rungs[rung]) is not null || t.HasFailed)
                    .Select(t => new Observation(t.Id, t.Point, t.LossAt(rungs[rung]) ?? double.NaN)),
            ];
            if (observed.Length < cube.Dimensions + 2) continue;
            Observation[] running =
            [
                .. history
                    .Where(t => t.IsRunning && t.LossAt(rungs[rung]) is null)
                    .Select(t => new Observation(t.Id, t.Point, double.NaN)),
            ];
            RandomStream draws = Draws.Of(seed, trialId, Draws.Purpose.Candidates);
            return model.Propose(observed, running, [.. history.Select(t => t.Point)], ref draws);
        }
        return Draws.Point(cube, ref uniform);
    }
}
