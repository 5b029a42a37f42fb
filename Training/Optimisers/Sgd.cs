using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Optimisers;

/// <summary>
/// Stochastic gradient descent with momentum: v ← μ v + g, w ← w - η v, or w ← w - η (g + μ v) with Nesterov's look-ahead (Sutskever et al.
/// 2013), as PyTorch's SGD.
/// </summary>
/// <remarks>g includes weight decay λ w, for weights that decay (not for biases and norms).</remarks>
internal sealed class Sgd(
    IReadOnlyList<Parameter> parameters,
    float momentum = 0.9f,
    bool nesterov = true,
    float weightDecay = 0,
    ThreadTeam? team = null
) : IOptimiser
{
    private readonly float[][] velocity = [.. parameters.Select(p => new float[p.Length])];
    private readonly ParameterSplit split = new(parameters, team);

    public int Steps { get; set; }

    public IEnumerable<(string Name, float[] Values)> State => velocity.Select((v, i) => ($"velocity.{i}", v));

    public void Step(float learningRate)
    {
        split.Run(new Update(this, learningRate));
        Steps++;
    }

    private void Apply(int parameter, int start, int length, float learningRate)
    {
        Parameter p = parameters[parameter];
        if (!p.Learns) return;
        Span<float> w = p.Values.AsSpan(start, length),
            gradient = p.Gradient.AsSpan(start, length),
            moving = velocity[parameter].AsSpan(start, length);
        float rate = learningRate * p.LearningRateFactor, decay = p.Decays ? weightDecay : 0;
        WeightUpdates.Momentum(w, moving, gradient, rate, momentum, decay, nesterov);
    }

    private readonly struct Update(Sgd owner, float learningRate) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length) => owner.Apply(parameter, start, length, learningRate);
    }
}
