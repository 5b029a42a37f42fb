namespace EmotionMLNet.Training.Metrics;

/// <summary>
/// Predictions sorted by confidence into equal-width bins, to compare confidence with accuracy: Guo et al. 2017, arXiv:1706.04599.
/// </summary>
internal sealed class CalibrationBins
{
    /// <summary>The number of bins of the paper.</summary>
    public const int Count = 15;

    private readonly double[] confidence = new double[Count];
    private readonly int[] correct = new int[Count], images = new int[Count];
    private int total;

    /// <summary>Σ images in bin / all · |accuracy of bin - mean confidence of bin|, 0 to 1.</summary>
    public double ExpectedError
        => total == 0 ? 0 : Enumerable.Range(0, Count).Sum(b => Math.Abs(correct[b] - confidence[b])) / total;

    /// <summary>Non-empty bins: mean confidence, accuracy, images.</summary>
    public IEnumerable<(double Confidence, double Accuracy, int Images)> Bins =>
        Enumerable
            .Range(0, Count)
            .Where(b => images[b] > 0)
            .Select(b => (confidence[b] / images[b], (double)correct[b] / images[b], images[b]));

    /// <param name="probability">Probability of the predicted class, 0 to 1.</param>
    /// <param name="isCorrect">Whether it is the true class.</param>
    public void Add(float probability, bool isCorrect)
    {
        int bin = Math.Clamp((int)Math.Ceiling(probability * Count) - 1, 0, Count - 1); // bins are (b/15, (b+1)/15]
        confidence[bin] += probability;
        images[bin]++;
        if (isCorrect) correct[bin]++;
        total++;
    }
}
