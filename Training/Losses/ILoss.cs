using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Losses;

/// <summary>A differentiable measure of how wrong logits are.</summary>
internal interface ILoss
{
    /// <summary>Mean loss of the batch in nats, and its derivative.</summary>
    /// <param name="logits">[N, Outputs].</param>
    /// <param name="targets">[N, K] distributions over classes; one-hot, or mixed.</param>
    /// <param name="gradient">Receives dLoss/dLogits.</param>
    double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient);
}
