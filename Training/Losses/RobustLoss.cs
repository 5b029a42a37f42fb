using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Losses;

/// <summary>
/// A loss on p = softmax(z) that trusts labels less than cross-entropy does: targets, smoothing, weights and the mean are as in
/// <see cref="SoftmaxCrossEntropy"/>.
/// </summary>
/// <param name="classes">K.</param>
/// <param name="labelSmoothing">ε, 0 up to but not including 1.</param>
/// <param name="classWeights">w [K], positive, or null for ones.</param>
internal abstract class RobustLoss(int classes, float labelSmoothing, IReadOnlyList<float>? classWeights) : ILoss
{
    private readonly float[] weights = classWeights is null ? [.. Enumerable.Repeat(1f, classes)] : [.. classWeights];
    private readonly double[] target = new double[classes], logarithm = new double[classes], derivative = new double[classes];

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        ReadOnlySpan<float> z = logits.Span;
        double total = 0, loss = 0;
        for (int i = 0; i < z.Length; i++) total += weights[i % classes] * targets[i];
        for (int start = 0; start < z.Length; start += classes)
        {
            double logSum = SoftmaxCrossEntropy.LogSumExp(z.Slice(start, classes)), weight = 0;
            for (int c = 0; c < classes; c++)
            {
                logarithm[c] = z[start + c] - logSum;
                target[c] = weights[c] * ((1 - labelSmoothing) * (double)targets[start + c] + labelSmoothing / (double)classes);
                weight += weights[c] * targets[start + c];
            }
            loss += Image(target, weight, logarithm, derivative);
            for (int c = 0; c < classes; c++) gradient.Span[start + c] = (float)(derivative[c] / total);
        }
        return loss / total;
    }

    /// <summary>One image's share of the sum.</summary>
    /// <param name="q">[K] w_c q_c, the weighted smoothed target.</param>
    /// <param name="weight">Σ_c w_c t_c.</param>
    /// <param name="logP">[K] log p.</param>
    /// <param name="dz">[K], receives the derivative by z.</param>
    protected abstract double Image(ReadOnlySpan<double> q, double weight, ReadOnlySpan<double> logP, Span<double> dz);
}
