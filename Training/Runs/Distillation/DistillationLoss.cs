using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Losses;

namespace EmotionMLNet.Training.Runs.Distillation;

/// <summary>
/// L = (1 - w) · hard + w · T² / N · Σ_n KL(t_n || s_n), t = softmax(log p / T) of the teachers' probabilities p and s = softmax(z / T) of
/// the student's logits z: knowledge distillation, Hinton et al. 2015, arXiv:1503.02531.
/// </summary>
/// <remarks>
/// The hard loss has label smoothing and class weights, the teachers' part neither. d(T² KL)/dz_k = T (s_k - t_k). A head of one logit z
/// stands for the two logits 0 and z. log p is that of the mean over the teachers; a probability of 0 stays 0 at every temperature.
/// </remarks>
/// <param name="hard">The loss on the labels.</param>
/// <param name="teachers">[N, K] probabilities for the batch at hand; read at every call.</param>
/// <param name="weight">w, 0 to 1.</param>
/// <param name="temperature">T, positive.</param>
internal sealed class DistillationLoss(ILoss hard, Tensor teachers, float weight, float temperature) : ILoss
{
    private readonly double[] taught = new double[teachers.Shape.Length], learned = new double[teachers.Shape.Length];

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        double loss = (1 - (double)weight) * hard.Compute(logits, targets, gradient), divergence = 0;
        int batch = logits.Batch;
        double scale = (double)weight * temperature / batch;
        for (int n = 0; n < batch; n++)
        {
            Read(teachers.Image(n), logits.Image(n));
            divergence += KullbackLeibler();
            Span<float> dz = gradient.Image(n);
            int first = taught.Length - dz.Length; // of one logit the second class's alone
            for (int k = 0; k < dz.Length; k++)
                dz[k] = (float)((1 - (double)weight) * dz[k] + scale * (Math.Exp(learned[first + k]) - Math.Exp(taught[first + k])));
        }
        return loss + scale * temperature * divergence;
    }

    // Both distributions at the temperature, as logarithms.
    private void Read(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> z)
    {
        for (int k = 0; k < taught.Length; k++)
        {
            taught[k] = Math.Log(probabilities[k]) / temperature;
            learned[k] = (z.Length == taught.Length ? z[k] : k * z[0]) / (double)temperature;
        }
        SubtractLogSumExp(taught);
        SubtractLogSumExp(learned);
    }

    // Σ t (log t - log s); t log t is 0 at t = 0.
    private double KullbackLeibler()
    {
        double sum = 0;
        for (int k = 0; k < taught.Length; k++)
            if (!double.IsNegativeInfinity(taught[k])) sum += Math.Exp(taught[k]) * (taught[k] - learned[k]);
        return sum;
    }

    private static void SubtractLogSumExp(double[] values)
    {
        double largest = values[0], sum = 0;
        foreach (double v in values) largest = Math.Max(largest, v);
        foreach (double v in values) sum += Math.Exp(v - largest);
        for (int k = 0; k < values.Length; k++) values[k] -= largest + Math.Log(sum);
    }
}
