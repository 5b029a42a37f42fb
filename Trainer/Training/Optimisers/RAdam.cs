using EmotionMLNet.Layers;

namespace EmotionMLNet.Trainer.Training.Optimisers;

/// <summary>Rectified Adam (Liu et al. 2019, arXiv:1908.03265): momentum alone until the second moment has seen enough steps to be trusted, as PyTorch's RAdam.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="weightDecay">λ, added to the gradient of weights that decay.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="epsilon">ε.</param>
internal sealed class RAdam(IReadOnlyList<Parameter> parameters, float weightDecay = 0, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f) : IOptimiser
{
    private readonly AdamMoments moments = new(parameters, beta1, beta2);

    public int Steps { get; set; }

    public IEnumerable<(string Name, float[] Values)> State => moments.State;

    public void Step(float learningRate)
    {
        Steps++;
        double power = Math.Pow(beta2, Steps), first = 1 - Math.Pow(beta1, Steps), second = Math.Sqrt(1 - power);
        double longest = 2 / (1 - (double)beta2) - 1, length = longest - 2 * Steps * power / (1 - power); // ρ∞ and ρ_t
        double rectification = length > 5
            ? Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            : 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            if (!parameters[i].Learns) continue;
            float rate = learningRate * parameters[i].LearningRateFactor;
            moments.Update(i, parameters[i].Decays ? weightDecay : 0);
            // PyTorch adds ε to √v before the bias correction.
            if (rectification > 0) moments.Apply(i, 1, (float)(rate / first * rectification * second), 1, epsilon);
            else moments.ApplyFirst(i, (float)(rate / first));
        }
    }
}
