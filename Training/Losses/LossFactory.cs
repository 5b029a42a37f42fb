using EmotionMLNet.Networks;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Losses;

/// <summary>Makes the loss that settings name.</summary>
internal static class LossFactory
{
    /// <param name="function">Which one.</param>
    /// <param name="head">The meaning of the network's outputs.</param>
    /// <param name="classes">K.</param>
    /// <param name="labelSmoothing">ε, 0 up to below 1.</param>
    /// <param name="classWeights">w [K], or null for ones.</param>
    public static ILoss Make(LossFunction function, OutputHead head, int classes, float labelSmoothing, IReadOnlyList<float>? classWeights)
    {
        bool single = head == OutputHead.Sigmoid;
        if (function.Kind == LossKind.CrossEntropy)
            return single
                ? new SigmoidBinaryCrossEntropy(labelSmoothing, classWeights)
                : new SoftmaxCrossEntropy(classes, labelSmoothing, classWeights);
        int outputs = single ? 2 : classes;
        ILoss loss = function.Kind == LossKind.GeneralisedCrossEntropy
            ? new GeneralisedCrossEntropy(outputs, function.Strength, labelSmoothing, classWeights)
            : new SoftBootstrapping(outputs, function.Strength, labelSmoothing, classWeights);
        return single ? new SingleLogit(loss) : loss;
    }
}
