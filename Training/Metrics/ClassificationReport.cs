namespace EmotionMLNet.Training.Metrics;

/// <summary>Precision, recall and F1 of one class, one against the rest; 0 where nothing was predicted or nothing is there.</summary>
internal sealed record ClassMetrics(string Label, double Precision, double Recall, double F1, int Support);

/// <summary>The honest summary of predictions on one split.</summary>
internal sealed record ClassificationReport
{
    public required int Images { get; init; }

    public required double Accuracy { get; init; }

    /// <summary>Lower end of the 95 % Wilson score interval of <see cref="Accuracy"/>.</summary>
    public required double AccuracyLow { get; init; }

    /// <summary>Upper end of the 95 % Wilson score interval of <see cref="Accuracy"/>.</summary>
    public required double AccuracyHigh { get; init; }

    /// <summary>Mean recall over classes that occur in the truth.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>
    /// Unweighted mean F1 over classes that occur in truth or prediction, as scikit-learn's <c>f1_score(average="macro")</c>.
    /// </summary>
    public required double MacroF1 { get; init; }

    /// <summary>Mean -ln p(true class) in nats, p floored at 1e-15.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Top-label expected calibration error over 15 equal-width bins: Guo et al. 2017, arXiv:1706.04599, eq. 3.</summary>
    public required double ExpectedCalibrationError { get; init; }

    public required IReadOnlyList<ClassMetrics> PerClass { get; init; }

    /// <summary>Counts [true class][predicted class].</summary>
    public required int[][] Confusion { get; init; }

    /// <summary>Computes all figures.</summary>
    /// <param name="labels">K class names.</param>
    /// <param name="probabilities">[N, K] row-major.</param>
    /// <param name="truth">N class indices, N at least 1.</param>
    /// <exception cref="ModelOutputException">A probability is NaN or infinite.</exception>
    public static ClassificationReport Compute(IReadOnlyList<string> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth)
    {
        int classes = labels.Count;
        ArgumentOutOfRangeException.ThrowIfZero(truth.Length);
        if (probabilities.Length != truth.Length * classes)
            throw new ArgumentException(
                $"{truth.Length} images of {classes} classes want {truth.Length * classes} probabilities, got " + $"{probabilities.Length}."
            );

        int[][] confusion = [.. labels.Select(_ => new int[classes])];
        var calibration = new CalibrationBins();
        double logLoss = 0;
        int correct = 0;
        for (int n = 0; n < truth.Length; n++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(n * classes, classes);
            if (!AreFinite(row)) throw new ModelOutputException($"picture {n + 1} of {truth.Length}");
            int predicted = ArgMax(row);
            confusion[truth[n]][predicted]++;
            if (predicted == truth[n]) correct++;
            logLoss -= Math.Log(Math.Max(row[truth[n]], 1e-15));
            calibration.Add(row[predicted], predicted == truth[n]);
        }

        ClassMetrics[] perClass = [.. Enumerable.Range(0, classes).Select(c => Measure(labels[c], confusion, c))];
        double[] recalls = [.. perClass.Where(c => c.Support > 0).Select(c => c.Recall)];
        double[] f1 = [.. perClass.Where((c, k) => c.Support > 0 || confusion.Any(row => row[k] > 0)).Select(c => c.F1)];
        (double low, double high) = WilsonInterval.Compute(correct, truth.Length);
        return new ClassificationReport
        {
            Images = truth.Length,
            Accuracy = (double)correct / truth.Length,
            AccuracyLow = low,
            AccuracyHigh = high,
            BalancedAccuracy = recalls.Average(),
            MacroF1 = f1.Average(),
            LogLoss = logLoss / truth.Length,
            ExpectedCalibrationError = calibration.ExpectedError,
            PerClass = perClass,
            Confusion = confusion,
        };
    }

    /// <summary>Whether all of a picture's scores are numbers: <see cref="ArgMax"/> of others would be class 0.</summary>
    public static bool AreFinite(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
            if (!float.IsFinite(score)) return false;
        return true;
    }

    /// <summary>
    /// Index of the largest value; the first of equals. NaN is larger than nothing: where values may be no numbers, an evaluation refuses
    /// them before a class is told.
    /// </summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }

    private static ClassMetrics Measure(string label, int[][] confusion, int c)
    {
        int hit = confusion[c][c], support = confusion[c].Sum(), predicted = confusion.Sum(row => row[c]);
        double precision = predicted == 0 ? 0 : (double)hit / predicted;
        double recall = support == 0 ? 0 : (double)hit / support;
        double f1 = hit == 0 ? 0 : 2 * precision * recall / (precision + recall);
        return new ClassMetrics(label, precision, recall, f1, support);
    }
}
