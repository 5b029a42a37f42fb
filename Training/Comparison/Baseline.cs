using System.Globalization;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison;

/// <summary>What is right on a split without looking at a picture, and who is not better than that.</summary>
/// <param name="Accuracy">The figures.</param>
/// <param name="MajorityLabel">The commonest label, the first of equals.</param>
internal sealed record Baseline(BaselineAccuracy Accuracy, string MajorityLabel)
{
    /// <summary>The baseline of the images that a model was measured on.</summary>
    public static Baseline Compute(Evaluation evaluation)
    {
        IReadOnlyList<string> labels = evaluation.Manifest.Labels;
        var accuracy = BaselineAccuracy.Compute(evaluation.Images.Classes, labels.Count);
        return new Baseline(accuracy, labels[accuracy.MajorityClass]);
    }

    /// <summary>Whether a model is better than both, by the lower end of its 95 % interval.</summary>
    public static bool IsBeatenBy(Evaluation evaluation) =>
        Compute(evaluation)
            .Accuracy.IsBeatenBy(evaluation.Report.Confusion.Select((row, truth) => row[truth]).Sum(), evaluation.Report.Images);

    /// <summary>"no model: always 'happy'".</summary>
    public string MajorityName => $"no model: always '{MajorityLabel}'";

    /// <summary>"no model: one of 7 drawn".</summary>
    public string ChanceName => string.Create(CultureInfo.InvariantCulture, $"no model: one of {1 / Accuracy.Chance:0} drawn");
}
