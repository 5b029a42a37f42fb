namespace EmotionMLNet.Training.Metrics;

/// <summary>An image whose label a model contradicts.</summary>
/// <param name="Image">Its index.</param>
/// <param name="Label">The class it has.</param>
/// <param name="Suggested">The class it is counted for instead.</param>
/// <param name="SelfConfidence">p of its own label.</param>
/// <param name="Margin">p of its own label less the largest other p, -1 to 1.</param>
internal sealed record LabelSuspect(int Image, int Label, int Suggested, float SelfConfidence, float Margin);

/// <summary>
/// Confident learning: Northcutt et al. 2019, arXiv:1911.00068. An image counts for class j when p_j is at least the mean p_j of the images
/// labelled j (of several such classes, for that with the largest p); where j is not its label it is a suspect: an entry off the diagonal
/// of the paper's confident joint. The worst margin stands first.
/// </summary>
internal static class LabelSuspects
{
    /// <param name="probabilities">[N, K], of a model that did not learn these labels, or the result understates.</param>
    /// <param name="labels">[N].</param>
    /// <param name="classes">K.</param>
    public static IReadOnlyList<LabelSuspect> Find(ReadOnlySpan<float> probabilities, IReadOnlyList<int> labels, int classes)
    {
        double[] thresholds = Thresholds(probabilities, labels, classes);
        List<LabelSuspect> suspects = [];
        for (int i = 0; i < labels.Count; i++)
        {
            ReadOnlySpan<float> p = probabilities.Slice(i * classes, classes);
            int label = labels[i], counted = -1;
            float rival = 0;
            for (int c = 0; c < classes; c++)
            {
                if (c != label) rival = MathF.Max(rival, p[c]);
                if (p[c] >= thresholds[c] && (counted < 0 || p[c] > p[counted])) counted = c;
            }
            if (counted >= 0 && counted != label) suspects.Add(new LabelSuspect(i, label, counted, p[label], p[label] - rival));
        }
        return [.. suspects.OrderBy(s => s.Margin).ThenBy(s => s.Image)];
    }

    /// <summary>The mean p_j of the images labelled j; nothing reaches that of a class without images.</summary>
    private static double[] Thresholds(ReadOnlySpan<float> probabilities, IReadOnlyList<int> labels, int classes)
    {
        var sums = new double[classes];
        var counts = new int[classes];
        for (int i = 0; i < labels.Count; i++)
        {
            sums[labels[i]] += probabilities[i * classes + labels[i]];
            counts[labels[i]]++;
        }
        return [.. sums.Zip(counts, (sum, n) => n == 0 ? double.PositiveInfinity : sum / n)];
    }
}
