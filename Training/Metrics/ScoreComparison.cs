using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Metrics;

/// <summary>What a smaller form of a network costs: its scores beside the original's.</summary>
/// <param name="Before">Figures of the original.</param>
/// <param name="After">Figures of the smaller form, on the same pictures.</param>
/// <param name="SameLabel">Share of pictures that both give the same label, 0 to 1.</param>
/// <param name="LargestDifference">The largest difference of any score.</param>
internal sealed record ScoreComparison(ClassificationReport Before, ClassificationReport After, double SameLabel, float LargestDifference)
{
    /// <param name="labels">Class names.</param>
    /// <param name="classes">The true classes.</param>
    /// <param name="before">[N, labels] scores of the original.</param>
    /// <param name="after">Scores of the smaller form.</param>
    public static ScoreComparison Compute(IReadOnlyList<string> labels, int[] classes, float[] before, float[] after)
    {
        int same = Enumerable.Range(0, classes.Length).Count(n => Best(before, n) == Best(after, n));
        return new ScoreComparison(
            ClassificationReport.Compute(labels, before, classes),
            ClassificationReport.Compute(labels, after, classes),
            (double)same / classes.Length,
            before.Zip(after, (a, b) => Math.Abs(a - b)).Max()
        );

        int Best(float[] scores, int n) => ClassificationReport.ArgMax(scores.AsSpan(n * labels.Count, labels.Count));
    }

    /// <summary>One line.</summary>
    public string Describe(string before, string after) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Plural.Format(Before.Images, "picture")}, one forward pass: {FigureText.WithInterval(Before)}, macro F1 "
                + $"{FigureText.Percent(Before.MacroF1)} with {before}, {FigureText.WithInterval(After)}, macro F1 "
                + $"{FigureText.Percent(After.MacroF1)} with {after} ({FigureText.Points(After.Accuracy - Before.Accuracy, 2)} points); "
                + $"same label for {FigureText.Percent(SameLabel, 2)}; largest difference of a score {LargestDifference:0.0000}"
        );
}
