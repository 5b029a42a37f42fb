using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Metrics;

/// <summary>What is right without looking at a picture: the bar that every accuracy has to pass before it means anything.</summary>
/// <param name="MajorityClass">Index of the commonest label, the first of equals; 0 where there is no picture.</param>
/// <param name="Majority">Accuracy of always saying that label, 0 to 1; 0 where there is no picture.</param>
/// <param name="Chance">Accuracy of a label drawn at random, each as likely: one over the number of labels.</param>
internal sealed record BaselineAccuracy(int MajorityClass, double Majority, double Chance)
{
    /// <param name="classes">The label of each picture, an index below <paramref name="labelCount"/>.</param>
    /// <param name="labelCount">Number of labels, at least 1.</param>
    public static BaselineAccuracy Compute(ReadOnlySpan<int> classes, int labelCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelCount, 1);
        var counts = new int[labelCount];
        foreach (int c in classes) counts[c]++;
        int most = Array.IndexOf(counts, counts.Max());
        return new BaselineAccuracy(most, classes.Length > 0 ? (double)counts[most] / classes.Length : 0, 1.0 / labelCount);
    }

    /// <summary>
    /// Whether an accuracy is more than always saying the commonest label, or drawing one, would give: the lower end of its 95 % score
    /// interval (<see cref="WilsonInterval"/>) lies above both.
    /// </summary>
    /// <param name="correct">Pictures with the right label, 0 to <paramref name="total"/>.</param>
    /// <param name="total">Pictures; nothing is beaten on none.</param>
    public bool IsBeatenBy(int correct, int total) => total > 0 && WilsonInterval.Compute(correct, total).Low > Math.Max(Majority, Chance);

    /// <summary>"always saying happy is right 25.1 %; by chance 14.3 %".</summary>
    /// <param name="labels">Names of the labels.</param>
    public string Describe(IReadOnlyList<string> labels) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"always saying {CellText.Shorten(labels[MajorityClass])} is right {Numbers.Fixed(100 * Majority, 1)} %; by chance "
                + $"{Numbers.Fixed(100 * Chance, 1)} %"
        );
}
