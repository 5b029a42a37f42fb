using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Losses;

/// <summary>
/// L = Σ_n Σ_c -w_c q_nc log p_nc / D with p = softmax(z): cross-entropy with soft targets, class weights and label smoothing.
/// </summary>
/// <remarks>
/// q = (1 - ε) t + ε / K (Szegedy et al. 2015, arXiv:1512.00567). D = Σ_n Σ_c w_c t_nc, the total weight of the targets, so that for
/// one-hot targets values equal PyTorch's <c>cross_entropy(weight, label_smoothing)</c>; without weights D = N. dL/dz_k = (p_k Σ_c w_c q_c
/// - w_k q_k) / D.
/// </remarks>
/// <param name="classes">K.</param>
/// <param name="labelSmoothing">ε, 0 up to but not including 1.</param>
/// <param name="classWeights">w [K], positive, or null for ones.</param>
internal sealed class SoftmaxCrossEntropy(int classes, float labelSmoothing = 0, IReadOnlyList<float>? classWeights = null) : ILoss
{
    private readonly float[] weights = classWeights is null ? [.. Enumerable.Repeat(1f, classes)] : [.. classWeights];

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        ReadOnlySpan<float> z = logits.Span;
        Span<float> dz = gradient.Span;
        Probabilities.Softmax(z, dz, classes);
        double total = 0, loss = 0;
        for (int i = 0; i < z.Length; i++) total += weights[i % classes] * targets[i];
        for (int start = 0; start < z.Length; start += classes)
        {
            double logSum = LogSumExp(z.Slice(start, classes)), mass = 0;
            for (int c = 0; c < classes; c++)
            {
                double wq = Weighted(targets[start + c], c);
                loss += wq * (logSum - z[start + c]);
                mass += wq;
            }
            for (int c = 0; c < classes; c++) dz[start + c] = (float)((dz[start + c] * mass - Weighted(targets[start + c], c)) / total);
        }
        return loss / total;
    }

    private double Weighted(float target, int c) => weights[c] * ((1 - labelSmoothing) * (double)target + labelSmoothing / (double)classes);

    /// <summary>log Σ e^z without overflow.</summary>
    internal static double LogSumExp(ReadOnlySpan<float> z)
    {
        float largest = z[0];
        foreach (float v in z) largest = MathF.Max(largest, v);
        double sum = 0;
        foreach (float v in z) sum += Math.Exp(v - largest);
        return largest + Math.Log(sum);
    }
}
