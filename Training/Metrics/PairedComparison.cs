using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Metrics;

/// <summary>Two classifiers on the same images: by how much they differ, and whether that could be chance.</summary>
/// <param name="First">Name of the first.</param>
/// <param name="Second">Name of the second.</param>
/// <param name="Images">Images that both labelled.</param>
/// <param name="Test">McNemar's.</param>
/// <param name="Differences">First minus second with bootstrap intervals.</param>
/// <param name="AdjustedP">After Holm's correction over all pairs that are compared.</param>
internal sealed record PairedComparison(
    string First,
    string Second,
    int Images,
    McNemarTest Test,
    PairedBootstrap Differences,
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
                Differences.Accuracy.Value >= 0 ? (First, Second, Differences.Accuracy) : (Second, First, Differences.Accuracy.Reversed());
            string figures = IntervalAndProbability(lead, AdjustedP);
            return IsDifferent
                ? string.Create(c, $"{ahead} is better than {behind} ({Numbers.Fixed(100 * lead.Value, 1)} points of accuracy, {figures}).")
                : string.Create(
                    c,
                    $"{First} and {Second} can't be told apart on these {Images:N0} images ({ahead} is "
                        + $"{Numbers.Fixed(100 * lead.Value, 1)} points of accuracy ahead, {figures})."
                );
        }
    }

    /// <summary>Compares all pairs, in order, and corrects for their number.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="truth">N class indices.</param>
    /// <param name="predicted">Each classifier's name and N predicted classes.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    public static IReadOnlyList<PairedComparison> All(
        int classes,
        int[] truth,
        IReadOnlyList<(string Name, int[] Classes)> predicted,
        ulong seed
    )
    {
        bool[][] right = [.. predicted.Select(p => p.Classes.Zip(truth, (guess, t) => guess == t).ToArray())];
        (int First, int Second)[] pairs =
        [
            .. from i in Enumerable.Range(0, predicted.Count) from j in Enumerable.Range(i + 1, predicted.Count - i - 1) select (i, j),
        ];
        McNemarTest[] tests = [.. pairs.Select(p => McNemarTest.Compute(right[p.First], right[p.Second]))];
        double[] adjusted = HolmCorrection.Adjust([.. tests.Select(t => t.P)]);
        return [.. pairs.Select((p, i) => new PairedComparison(predicted[p.First].Name, predicted[p.Second].Name, truth.Length, tests[i],
            PairedBootstrap.Compute(classes, truth, predicted[p.First].Classes, predicted[p.Second].Classes, seed), adjusted[i]))];
    }

    /// <summary>"95 % interval -0.3 to 2.7, p = 0.120", in points.</summary>
    public static string IntervalAndProbability(Interval difference, double p) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"95 % interval {Numbers.Fixed(100 * difference.Low, 1)} to {Numbers.Fixed(100 * difference.High, 1)}, p "
                + $"{(p < 0.001 ? "" : "= ")}{Probability(p)}"
        );

    /// <summary>A probability as papers print it.</summary>
    public static string Probability(double p) => p < 0.001 ? "below 0.001" : p.ToString("0.000", CultureInfo.InvariantCulture);
}
