using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Optimisers;

/// <summary>
/// Rectified Adam (Liu et al. 2019, arXiv:1908.03265): momentum alone until the second moment has seen enough steps to be trusted, as
/// PyTorch's RAdam.
/// </summary>
/// <param name="parameters">The parameters to train.</param>
/// <param name="weightDecay">λ, added to the gradient of weights that decay.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="epsilon">ε.</param>
/// <param name="team">Threads that share a step; null for the caller's alone.</param>
internal sealed class RAdam(
    IReadOnlyList<Parameter> parameters,
    float weightDecay = 0,
    float beta1 = 0.9f,
    float beta2 = 0.999f,
    float epsilon = 1e-8f,
    ThreadTeam? team = null
) : IOptimiser
{
    private readonly AdamMoments moments = new(parameters, beta1, beta2);
    private readonly ParameterSplit split = new(parameters, team);

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
        // PyTorch adds ε to √v before the bias correction.
        split.Run(new Update(this, learningRate, rectification / first * second, 1 / first));
    }

    /// <summary>A step at two rates: with the second moment, or if that one is 0 without.</summary>
    private readonly struct Update(RAdam owner, float learningRate, double rectified, double plain) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length) => owner.Apply(parameter, start, length, learningRate, rectified, plain);
    }

    private void Apply(int i, int start, int length, float learningRate, double rectified, double plain)
    {
        if (!parameters[i].Learns) return;
        float rate = learningRate * parameters[i].LearningRateFactor;
        moments.Update(i, start, length, parameters[i].Decays ? weightDecay : 0);
        if (rectified > 0) moments.Apply(i, start, length, 1, (float)(rate * rectified), 1, epsilon);
        else moments.ApplyFirst(i, start, length, (float)(rate * plain));
    }
}
