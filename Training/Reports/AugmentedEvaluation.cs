using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>The images of an evaluation once more, with several views each: figures that stand apart from those of one pass.</summary>
/// <param name="Augmentation">Which views.</param>
/// <param name="Probabilities">[N, K] row-major, means over views.</param>
/// <param name="Report">The figures.</param>
internal sealed record AugmentedEvaluation(TestTimeAugmentation Augmentation, float[] Probabilities, ClassificationReport Report);
