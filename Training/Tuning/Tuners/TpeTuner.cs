using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>Multivariate TPE over whole trainings; the first ten finished trials are uniform.</summary>
internal sealed class TpeTuner(SearchCube cube, ulong seed, TpeOptions? options = null) : ITuner
{
    private readonly TpeOptions options = options ?? new();
    private readonly TpeModel model = new(cube, options ?? new());

    public double[] Propose(IReadOnlyList<Trial> history, int trialId)
    {
        Observation[] observed = [.. history.Where(t => t.IsFinished).Select(t => new Observation(t.Id, t.Point, t.Loss))];
        RandomStream draws = Draws.Of(seed, trialId, observed.Length < options.Starts ? Draws.Purpose.Uniform : Draws.Purpose.Candidates);
        if (observed.Length < options.Starts) return Draws.Point(cube, ref draws);
        Observation[] running = [.. history.Where(t => t.IsRunning).Select(t => new Observation(t.Id, t.Point, double.NaN))];
        return model.Propose(observed, running, [.. history.Select(t => t.Point)], ref draws);
    }
}
