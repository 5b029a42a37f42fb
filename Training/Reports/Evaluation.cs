using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>A model measured on one split, with everything that a reader needs to judge the figures.</summary>
/// <param name="ModelPath">The zip.</param>
/// <param name="Manifest">What the zip says of itself.</param>
/// <param name="Parameters">Trainable values.</param>
/// <param name="Images">The split.</param>
/// <param name="DataFingerprint">Fingerprint of the evaluated data.</param>
/// <param name="Probabilities">[N, K] row-major.</param>
/// <param name="Report">The figures.</param>
/// <param name="Augmented">The figures of the same images with test-time augmentation, or null.</param>
internal sealed record Evaluation(string ModelPath, ModelManifest Manifest, long Parameters, ImageSet Images, string DataFingerprint,
    float[] Probabilities, ClassificationReport Report, AugmentedEvaluation? Augmented = null)
{
    public ImagePreprocessing Preprocessing => Manifest.Preprocessing;

    /// <summary>Which pictures these are, and what they are to the model's training.</summary>
    public MeasuredPart Part { get => field ?? new MeasuredPart(DataOrigin.NotCompared, Images.Name); init; }

    /// <summary>What is right without looking at a picture.</summary>
    public BaselineAccuracy Baseline => BaselineAccuracy.Compute(Images.Classes, Manifest.Labels.Count);

    /// <summary>Whether the accuracy of the single pass is more than that, chance aside.</summary>
    public bool IsAboveBaseline =>
        Baseline.IsBeatenBy(Enumerable.Range(0, Manifest.Labels.Count).Sum(c => Report.Confusion[c][c]), Report.Images);

    /// <summary>Sentences on what the accuracy must be above to mean anything, and whether it is.</summary>
    public IEnumerable<string> DescribeBaseline()
    {
        yield return Baseline.Describe(Manifest.Labels);
        if (IsAboveBaseline) yield break;
        yield return $"The accuracy is not above that: its interval reaches down to {FigureText.Percent(Report.AccuracyLow)}. "
            + "On these pictures the model does no better than a guess that looks at none.";
    }

    /// <summary>Wrong predictions, the most confident first.</summary>
    public IReadOnlyList<Mistake> Mistakes(int most)
    {
        int classes = Manifest.Labels.Count;
        var mistakes = new List<Mistake>();
        for (int n = 0; n < Images.Count; n++)
        {
            ReadOnlySpan<float> row = Probabilities.AsSpan(n * classes, classes);
            int predicted = ClassificationReport.ArgMax(row);
            if (predicted != Images.Classes[n])
                mistakes.Add(new Mistake(n, Manifest.Labels[Images.Classes[n]], Manifest.Labels[predicted], row[predicted]));
        }
        return [.. mistakes.OrderByDescending(m => m.Confidence).ThenBy(m => m.Index).Take(most)];
    }

    /// <summary>Confidence against accuracy of the predicted labels.</summary>
    public CalibrationBins Calibration()
    {
        int classes = Manifest.Labels.Count;
        var bins = new CalibrationBins();
        for (int n = 0; n < Images.Count; n++)
        {
            ReadOnlySpan<float> row = Probabilities.AsSpan(n * classes, classes);
            int predicted = ClassificationReport.ArgMax(row);
            bins.Add(row[predicted], predicted == Images.Classes[n]);
        }
        return bins;
    }
}

/// <summary>A wrong prediction.</summary>
/// <param name="Index">Image number in the split.</param>
/// <param name="Truth">The annotators' label.</param>
/// <param name="Predicted">The model's label.</param>
/// <param name="Confidence">Its probability, 0 to 1.</param>
internal sealed record Mistake(int Index, string Truth, string Predicted, float Confidence);
