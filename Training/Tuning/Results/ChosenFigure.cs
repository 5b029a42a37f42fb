using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>
/// The figure of the best of several trials, and what it is worth once it is remembered that it was chosen by that very figure: the
/// bootstrap of Tsamardinos, Greasidou and Borboudakis (2018, Machine Learning 107:1895, "Bootstrapping the out-of-sample predictions"),
/// which chooses on drawn pictures and scores on those that were not drawn.
/// </summary>
/// <param name="Raw">Score of the chosen trial on all validation pictures, the mean over its last epochs.</param>
/// <param name="Corrected">Mean score of what was chosen, on pictures that had no say in it, with the interval over the resamples.</param>
/// <param name="GainOptimism">
/// By how much a lead over the default that was measured on the pictures of the choice is too large: the mean, over resamples, of the lead
/// on the drawn pictures less that on the others.
/// </param>
/// <param name="Trials">Among how many it was chosen.</param>
internal sealed record ChosenFigure(double Raw, Interval Corrected, double GainOptimism, int Trials)
{
    /// <summary>Resamples; the corrected figure then moves by about a thousandth of a point from seed to seed.</summary>
    public const int Resamples = 2000;

    /// <summary>By how much the raw figure is too good; hardly ever negative.</summary>
    public double Optimism => Raw - Corrected.Value;

    /// <summary>Same arguments, same figures.</summary>
    /// <param name="trials">Of each trial that had all of its training what its last epochs said; the first one is the default.</param>
    /// <param name="truth">N class indices, N at least 2.</param>
    /// <param name="metric">By what the choice is made.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static ChosenFigure Compute(
        IReadOnlyList<IReadOnlyList<ScoredPredictions>> trials,
        int[] truth,
        SelectionMetric metric,
        ulong seed
    )
    {
        var all = new int[truth.Length];
        Array.Fill(all, 1);
        int chosen = Best(Scores(all));
        (int[] drawn, int[] left) = (new int[truth.Length], new int[truth.Length]);
        var outside = new List<double>(Resamples);
        double optimism = 0;
        for (int r = 0; r < Resamples; r++)
        {
            var draws = new RandomStream(RandomStream.Key(seed, (ulong)r));
            Array.Clear(drawn);
            for (int n = 0; n < truth.Length; n++) drawn[draws.Next(truth.Length)]++;
            for (int n = 0; n < truth.Length; n++) left[n] = drawn[n] == 0 ? 1 : 0;
            if (Array.IndexOf(left, 1) < 0) continue; // of two pictures both were drawn
            double[] inside = Scores(drawn);
            int best = Best(inside);
            (double ofBest, double ofDefault) = (Score(best, left), Score(0, left));
            outside.Add(ofBest);
            optimism += inside[best] - inside[0] - (ofBest - ofDefault);
        }
        return new(Score(chosen, all), Interval.FromResamples(outside.Average(), outside), optimism / outside.Count, trials.Count);

        double[] Scores(int[] counts) => [.. trials.Select((_, t) => Score(t, counts))];

        double Score(int trial, int[] counts) => trials[trial].Average(p => p.Score(metric, truth, counts));
    }

    // Of equals the earlier one.
    private static int Best(double[] scores) => Array.IndexOf(scores, scores.Max());
}
