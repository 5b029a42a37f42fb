using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Losses;

/// <summary>
/// L = Σ_n (w₁ q log(1 + e^-z) + w₀ (1 - q) log(1 + e^z)) / D for one logit z and two classes, q the smoothed target of class 1.
/// </summary>
/// <remarks>
/// q = (1 - ε) t₁ + ε / 2 and D = Σ_n w₀ t₀ + w₁ t₁. dL/dz = (σ(z) (w₁ q + w₀ (1 - q)) - w₁ q) / D. Both logarithms are computed without
/// overflow.
/// </remarks>
/// <param name="labelSmoothing">ε, 0 up to but not including 1.</param>
/// <param name="classWeights">w [2], positive, or null for ones.</param>
internal sealed class SigmoidBinaryCrossEntropy(float labelSmoothing = 0, IReadOnlyList<float>? classWeights = null) : ILoss
{
    private readonly double negative = classWeights?[0] ?? 1, positive = classWeights?[1] ?? 1;

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        ReadOnlySpan<float> z = logits.Span;
        Span<float> dz = gradient.Span;
        double total = 0, loss = 0;
        for (int n = 0; n < z.Length; n++) total += negative * targets[2 * n] + positive * targets[2 * n + 1];
        for (int n = 0; n < z.Length; n++)
        {
            double q = (1 - labelSmoothing) * (double)targets[2 * n + 1] + labelSmoothing / 2d, a = positive * q, b = negative * (1 - q);
            double logarithm = Math.Log(1 + Math.Exp(-Math.Abs(z[n])));
            loss += a * (logarithm + Math.Max(-z[n], 0)) + b * (logarithm + Math.Max(z[n], 0));
            dz[n] = (float)(((a + b) / (1 + Math.Exp(-z[n])) - a) / total);
        }
        return loss / total;
    }
}
