namespace EmotionMLNet.Training.Losses;

/// <summary>
/// L = Σ_c q_c (1 - p_c^γ) / γ: Zhang and Sabuncu 2018, arXiv:1805.07836. Towards γ = 0 it is cross-entropy, at 1 the mean absolute error.
/// </summary>
/// <remarks>dL/dz_k = p_k Σ_c q_c p_c^γ - q_k p_k^γ: an image whose label has a small p pulls little.</remarks>
/// <param name="classes">K.</param>
/// <param name="gamma">The paper's q, above 0 up to 1; 0.7 there.</param>
/// <param name="labelSmoothing">ε, 0 up to but not including 1.</param>
/// <param name="classWeights">w [K], positive, or null for ones.</param>
internal sealed class GeneralisedCrossEntropy(
    int classes,
    double gamma,
    float labelSmoothing = 0,
    IReadOnlyList<float>? classWeights = null
) : RobustLoss(classes, labelSmoothing, classWeights)
{
    protected override double Image(ReadOnlySpan<double> q, double weight, ReadOnlySpan<double> logP, Span<double> dz)
    {
        double loss = 0, pull = 0;
        for (int c = 0; c < q.Length; c++)
        {
            double power = Math.Exp(gamma * logP[c]);
            loss += q[c] * (1 - power) / gamma;
            pull += q[c] * power;
            dz[c] = -q[c] * power;
        }
        for (int c = 0; c < q.Length; c++) dz[c] += Math.Exp(logP[c]) * pull;
        return loss;
    }
}
