using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// Two ways to train, each run with several seeds, on the same images: by how much their mean accuracies differ, and whether that could be
/// the luck of the images or of the seeds. Both are resampled (Owen 2007, Annals of Applied Statistics 1:386, "The pigeonhole bootstrap",
/// whose variance errs to the cautious side); of S seeds S - 1 are drawn, so that few of them do not look steadier than they are (Rao and
/// Wu 1988, JASA 83:231).
/// </summary>
/// <param name="First">Name of the first.</param>
/// <param name="Second">Name of the second.</param>
/// <param name="FirstSeeds">Runs of the first, at least 2.</param>
/// <param name="SecondSeeds">Runs of the second.</param>
/// <param name="Accuracy">Mean of the first minus mean of the second, -1 to 1, with its interval.</param>
/// <param name="P">Two-sided: twice the share of resamples on the other side of zero, never below 2 of 10,001.</param>
/// <param name="AdjustedP">After Holm's correction over all pairs that are compared.</param>
internal sealed record RecipeComparison(
    string First,
    string Second,
    int FirstSeeds,
    int SecondSeeds,
    Interval Accuracy,
    double P,
    double AdjustedP
)
{
    /// <summary>Whether the difference is taken for real.</summary>
    public bool IsDifferent => AdjustedP < HolmCorrection.Level;

    /// <summary>The finding in plain words.</summary>
    public string Sentence
    {
        get
        {
            CultureInfo c = CultureInfo.InvariantCulture;
            (string ahead, string behind, Interval lead) =
                Accuracy.Value >= 0 ? (First, Second, Accuracy) : (Second, First, Accuracy.Reversed());
            string seeds = FirstSeeds == SecondSeeds ? $"{FirstSeeds} seeds each" : $"{FirstSeeds} and {SecondSeeds} seeds";
            string figures = PairedComparison.IntervalAndProbability(lead, AdjustedP);
            return IsDifferent
                ? string.Create(
                    c,
                    $"Over {seeds}, {ahead} trains to better models than {behind} (in the mean "
                        + $"{Numbers.Fixed(100 * lead.Value, 1)} points of accuracy, {figures})."
                )
                : string.Create(
                    c,
                    $"Over {seeds}, {First} and {Second} can't be told apart ({ahead} is in the mean "
                        + $"{Numbers.Fixed(100 * lead.Value, 1)} points of accuracy ahead, {figures})."
                );
        }
    }

    /// <summary>Compares all pairs of those with at least two runs, in order, and corrects for their number.</summary>
    /// <param name="candidates">Names, and of every run whether it labelled image n right.</param>
    /// <param name="seed">The seed of the resamples.</param>
    /// <exception cref="ArgumentException">Runs have different numbers of images, or none.</exception>
    public static IReadOnlyList<RecipeComparison> All(IReadOnlyList<(string Name, bool[][] Right)> candidates, ulong seed)
    {
        (string Name, bool[][] Right)[] several = [.. candidates.Where(c => c.Right.Length > 1)];
        if (several.Length < 2) return [];
        int images = several[0].Right[0].Length;
        if (images == 0 || several.Any(c => c.Right.Any(r => r.Length != images)))
            throw new ArgumentException("The runs were not measured on the same images.");

        double[][] means = Resampled([.. several.Select(c => c.Right)], images, seed);
        (int First, int Second)[] pairs =
        [
            .. from i in Enumerable.Range(0, several.Length) from j in Enumerable.Range(i + 1, several.Length - i - 1) select (i, j),
        ];
        double[][] differences = [.. pairs.Select(p => means[p.First].Zip(means[p.Second], (a, b) => a - b).ToArray())];
        double[] ps = [.. differences.Select(TwoSided)];
        double[] adjusted = HolmCorrection.Adjust(ps);
        return
        [
            .. pairs.Select(
                (p, i) =>
                    new RecipeComparison(
                        several[p.First].Name,
                        several[p.Second].Name,
                        several[p.First].Right.Length,
                        several[p.Second].Right.Length,
                        Interval.FromResamples(Mean(several[p.First].Right) - Mean(several[p.Second].Right), differences[i]),
                        ps[i],
                        adjusted[i]
                    )
            ),
        ];

        double Mean(bool[][] runs) => runs.Average(r => (double)r.Count(right => right) / images);
    }

    // [candidate][resample]: mean accuracy over the drawn seeds on the drawn images, which are the same for all candidates.
    private static double[][] Resampled(bool[][][] candidates, int images, ulong seed)
    {
        double[][] means = [.. candidates.Select(_ => new double[PairedBootstrap.Resamples])];
        var counts = new int[images];
        for (int resample = 0; resample < PairedBootstrap.Resamples; resample++)
        {
            var draws = new RandomStream(RandomStream.Key(seed, (ulong)resample));
            Array.Clear(counts);
            for (int n = 0; n < images; n++) counts[draws.Next(images)]++;
            for (int c = 0; c < candidates.Length; c++)
            {
                long hits = 0;
                int drawn = candidates[c].Length - 1;
                for (int s = 0; s < drawn; s++)
                {
                    bool[] right = candidates[c][draws.Next(candidates[c].Length)];
                    for (int n = 0; n < images; n++) hits += right[n] ? counts[n] : 0;
                }
                means[c][resample] = (double)hits / ((long)images * drawn);
            }
        }
        return means;
    }

    private static double TwoSided(double[] differences)
    {
        int below = differences.Count(d => d <= 0), above = differences.Count(d => d >= 0);
        return Math.Min(1, 2.0 * (Math.Min(below, above) + 1) / (differences.Length + 1));
    }
}
