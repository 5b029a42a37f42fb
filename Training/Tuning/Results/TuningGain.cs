using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>
/// By how much the found settings are better than the defaults, both trained with the same fresh seeds: pictures and seeds are drawn as in
/// <see cref="RecipeComparison"/>.
/// </summary>
/// <param name="Lead">Score of the found settings less that of the defaults, with its 95 % interval, optimism taken off.</param>
/// <param name="Seeds">Fresh seeds of each, at least 1; with one the luck of the seed is not in the interval, and nothing is shown.</param>
/// <param name="IsOnTest">Whether it was measured on the test split, which had no say in the choice.</param>
/// <param name="Optimism">What was taken off because the pictures had one; 0 on the test split.</param>
internal sealed record TuningGain(Interval Lead, int Seeds, bool IsOnTest, double Optimism)
{
    /// <summary>Whether the gain is taken for real.</summary>
    public bool IsShown => Seeds > 1 && Lead.Low > 0;

    /// <summary>Same arguments, same figures.</summary>
    /// <param name="found">What the found settings' models say, one a seed.</param>
    /// <param name="defaults">Likewise of the defaults, with the same seeds.</param>
    /// <param name="truth">N class indices.</param>
    /// <param name="metric">By what the search chose.</param>
    /// <param name="isOnTest">Whether the pictures are of the test split.</param>
    /// <param name="optimism">What the choice by these pictures is worth, 0 or more; not used on the test split.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static TuningGain Compute(
        IReadOnlyList<ScoredPredictions> found,
        IReadOnlyList<ScoredPredictions> defaults,
        int[] truth,
        SelectionMetric metric,
        bool isOnTest,
        double optimism,
        ulong seed
    )
    {
        if (found.Count == 0 || found.Count != defaults.Count) throw new ArgumentException("The seeds are not the same.");
        var counts = new int[truth.Length];
        Array.Fill(counts, 1);
        double off = isOnTest ? 0 : Math.Max(0, optimism);
        double lead = Mean(found, counts) - Mean(defaults, counts) - off;
        var leads = new double[ChosenFigure.Resamples];
        for (int r = 0; r < leads.Length; r++)
        {
            var draws = new RandomStream(RandomStream.Key(seed, (ulong)r));
            Array.Clear(counts);
            for (int n = 0; n < truth.Length; n++) counts[draws.Next(truth.Length)]++;
            leads[r] = Mean(Draw(found, ref draws), counts) - Mean(Draw(defaults, ref draws), counts) - off;
        }
        return new(Interval.FromResamples(lead, leads), found.Count, isOnTest, off);

        double Mean(IReadOnlyList<ScoredPredictions> runs, int[] drawn) => runs.Average(p => p.Score(metric, truth, drawn));
    }

    // S - 1 of S, so that few seeds do not look steadier than they are.
    private static ScoredPredictions[] Draw(IReadOnlyList<ScoredPredictions> runs, ref RandomStream draws)
    {
        var drawn = new ScoredPredictions[Math.Max(1, runs.Count - 1)];
        for (int i = 0; i < drawn.Length; i++) drawn[i] = runs[draws.Next(runs.Count)];
        return drawn;
    }
}
