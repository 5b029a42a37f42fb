using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Benchmarks.Tuning.Problems;

/// <summary>Something to make small, whose best value is known.</summary>
internal abstract class TuningProblem
{
    public abstract string Name { get; }

    /// <summary>Trainings that a search has.</summary>
    public abstract int Trials { get; }

    public abstract SearchSpace Space { get; }

    /// <summary>What a search is told: a loss with its noise.</summary>
    /// <param name="point">A point of <see cref="Space"/>.</param>
    /// <param name="seed">The search's seed.</param>
    /// <param name="trial">The trial's number: another one has another noise.</param>
    public abstract double Observe(Parameter point, ulong seed, int trial);

    /// <summary>How far a point is from the best one, without noise; at least 0.</summary>
    public abstract double Regret(Parameter point);

    /// <summary>The regret of what a search finds best, after so many trials one behind the other.</summary>
    public double Search(Func<SearchCube, ulong, ITuner> makeTuner, ulong seed, int? trials = null)
    {
        ITuner tuner = makeTuner(Space.Cube, seed);
        var history = new List<Trial>();
        for (int id = 0; id < (trials ?? Trials); id++)
        {
            double[] point = tuner.Propose(history, id)!;
            double loss = Observe(Space.SampleFromFeatureSpace(point), seed, id);
            history.Add(new() { Id = id, Point = point, Measurements = [new(1, loss)] });
        }
        Trial best = history.Aggregate((a, b) => LossOrder.IsBetter(b.Loss, a.Loss) ? b : a);
        return Regret(Space.SampleFromFeatureSpace(best.Point));
    }

    /// <summary>The regrets of seeds 1, 2, ...</summary>
    public double[] SearchSeeds(Func<SearchCube, ulong, ITuner> makeTuner, int seeds, int? trials = null) =>
        [
            .. Enumerable
                .Range(1, seeds)
                .AsParallel()
                .AsOrdered()
                .WithDegreeOfParallelism(2)
                .Select(s => Search(makeTuner, (ulong)s, trials)),
        ];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
