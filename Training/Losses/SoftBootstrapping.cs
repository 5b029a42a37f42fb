namespace EmotionMLNet.Training.Losses;

/// <summary>
/// L = -Σ_c (β q_c + (1 - β) p_c) log p_c: Reed et al. 2014, arXiv:1412.6596, eq. 6. A share of the target is what the network predicts
/// itself, which is to add (1 - β) times the entropy of its prediction.
/// </summary>
/// <remarks>
/// With H = -Σ p log p: dL/dz_k = β (p_k Σ_c q_c - q_k) - (1 - β) p_k (log p_k + H). The entropy counts with the image's weight.
/// </remarks>
/// <param name="classes">K.</param>
/// <param name="beta">Share of the given target, above 0 up to 1; 0.95 in the paper.</param>
/// <param name="labelSmoothing">ε, 0 up to but not including 1.</param>
/// <param name="classWeights">w [K], positive, or null for ones.</param>
internal sealed class SoftBootstrapping(int classes, double beta, float labelSmoothing = 0, IReadOnlyList<float>? classWeights = null)
    : RobustLoss(classes, labelSmoothing, classWeights)
{
    protected override double Image(ReadOnlySpan<double> q, double weight, ReadOnlySpan<double> logP, Span<double> dz)
    {
        double crossEntropy = 0, entropy = 0, mass = 0;
        for (int c = 0; c < q.Length; c++)
        {
            crossEntropy -= q[c] * logP[c];
            entropy -= Math.Exp(logP[c]) * logP[c];
            mass += q[c];
        }
        for (int c = 0; c < q.Length; c++)
        {
            double p = Math.Exp(logP[c]);
            dz[c] = beta * (p * mass - q[c]) - (1 - beta) * weight * p * (logP[c] + entropy);
        }
        return beta * crossEntropy + (1 - beta) * weight * entropy;
    }
}
