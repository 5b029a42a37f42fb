using System.Runtime.InteropServices;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// How sure the differences in accuracy and macro F1 of two classifiers on the same images are: images are drawn with replacement, both
/// classifiers keep their answers (Efron and Tibshirani 1993, chapter 13: percentile interval). Nothing is stratified.
/// </summary>
/// <param name="Accuracy">First minus second, with its interval; -1 to 1.</param>
/// <param name="MacroF1">Likewise.</param>
internal sealed record PairedBootstrap(Interval Accuracy, Interval MacroF1)
{
    /// <summary>Resamples; the interval's ends then move by about a hundredth of its length from seed to seed.</summary>
    public const int Resamples = 10_000;

    /// <summary>Same arguments, same figures.</summary>
    /// <param name="classes">Number of classes K.</param>
    /// <param name="truth">N class indices, N at least 1.</param>
    /// <param name="first">The first classifier's predicted classes.</param>
    /// <param name="second">The second's.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="resamples">Draws of N images.</param>
    public static PairedBootstrap Compute(
        int classes,
        ReadOnlySpan<int> truth,
        ReadOnlySpan<int> first,
        ReadOnlySpan<int> second,
        ulong seed,
        int resamples = Resamples
    )
    {
        if (truth.Length == 0 || first.Length != truth.Length || second.Length != truth.Length)
            throw new ArgumentException($"{truth.Length} images with {first.Length} and {second.Length} predictions are not pairs.");
        // Images with the same truth and the same two answers are interchangeable: a draw is one increment, whatever is computed from it.
        var kinds = new Dictionary<(int Truth, int First, int Second), int>();
        var kindOf = new int[truth.Length];
        for (int n = 0; n < kindOf.Length; n++)
        {
            ref int kind = ref CollectionsMarshal.GetValueRefOrAddDefault(kinds, (truth[n], first[n], second[n]), out bool known);
            if (!known) kind = kinds.Count - 1;
            kindOf[n] = kind;
        }
        (int Truth, int First, int Second)[] answers = [.. kinds.OrderBy(k => k.Value).Select(k => k.Key)];
        var score = new Scores(classes, answers);
        var counts = new int[answers.Length];
        foreach (int kind in kindOf) counts[kind]++;
        (double accuracy, double f1) = score.Differences(counts, truth.Length);

        var accuracies = new double[resamples];
        var f1s = new double[resamples];
        for (int r = 0; r < resamples; r++)
        {
            Array.Clear(counts);
            var draws = new RandomStream(RandomStream.Key(seed, (ulong)r));
            for (int n = 0; n < kindOf.Length; n++) counts[kindOf[draws.Next(kindOf.Length)]]++;
            (accuracies[r], f1s[r]) = score.Differences(counts, truth.Length);
        }
        return new PairedBootstrap(Interval.FromResamples(accuracy, accuracies), Interval.FromResamples(f1, f1s));
    }

    /// <summary>Computes differences from how often each kind of image was drawn.</summary>
    private sealed class Scores(int classes, (int Truth, int First, int Second)[] answers)
    {
        private readonly int[] support = new int[classes],
            firstHits = new int[classes],
            secondHits = new int[classes],
            firstSaid = new int[classes],
            secondSaid = new int[classes];

        public (double Accuracy, double MacroF1) Differences(int[] counts, int images)
        {
            foreach (int[] sums in (ReadOnlySpan<int[]>)[support, firstHits, secondHits, firstSaid, secondSaid]) Array.Clear(sums);
            for (int kind = 0; kind < counts.Length; kind++)
            {
                (int truth, int first, int second) = answers[kind];
                int count = counts[kind];
                support[truth] += count;
                firstSaid[first] += count;
                secondSaid[second] += count;
                if (first == truth) firstHits[truth] += count;
                if (second == truth) secondHits[truth] += count;
            }
            return ((double)(firstHits.Sum() - secondHits.Sum()) / images, MacroF1(firstHits, firstSaid) - MacroF1(secondHits, secondSaid));
        }

        // F1 = 2 hits / (support + said), over classes that occur in truth or prediction, as in ClassificationReport.
        private double MacroF1(int[] hits, int[] said)
        {
            double sum = 0;
            int occurring = 0;
            for (int c = 0; c < classes; c++)
            {
                if (support[c] + said[c] == 0) continue;
                occurring++;
                sum += 2.0 * hits[c] / (support[c] + said[c]);
            }
            return sum / occurring;
        }
    }
}
