using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Optimisers;

/// <summary>
/// Adam (Kingma and Ba 2014, arXiv:1412.6980): m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², w ← w - η m̂ / (√v̂ + ε), bias-corrected, as
/// PyTorch's.
/// </summary>
/// <remarks>
/// Weight decay λ of weights that decay: added to g (Adam, L2), or w ← w - η λ w before the step (AdamW: Loshchilov and Hutter 2017,
/// arXiv:1711.05101).
/// </remarks>
/// <param name="parameters">The parameters to train.</param>
/// <param name="weightDecay">λ.</param>
/// <param name="decoupled">AdamW's decay.</param>
/// <param name="beta1">β₁.</param>
/// <param name="beta2">β₂.</param>
/// <param name="epsilon">ε.</param>
/// <param name="team">Threads that share a step; null for the caller's alone.</param>
internal sealed class Adam(
    IReadOnlyList<Parameter> parameters,
    float weightDecay = 0,
    bool decoupled = false,
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
        double first = 1 - Math.Pow(beta1, Steps), second = Math.Sqrt(1 - Math.Pow(beta2, Steps));
        split.Run(new Update(this, learningRate, first, second));
    }

    private readonly struct Update(Adam owner, float learningRate, double first, double second) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length) => owner.Apply(parameter, start, length, learningRate, first, second);
    }

    private void Apply(int i, int start, int length, float learningRate, double first, double second)
    {
        if (!parameters[i].Learns) return;
        float decay = parameters[i].Decays ? weightDecay : 0, rate = learningRate * parameters[i].LearningRateFactor;
        moments.Update(i, start, length, decoupled ? 0 : decay);
        moments.Apply(i, start, length, decoupled ? 1 - rate * decay : 1, (float)(rate / first), (float)(1 / second), epsilon);
    }
}
