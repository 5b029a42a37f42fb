using System.Numerics;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Trainer.Training.Optimisers;

/// <summary>Stochastic gradient descent with momentum: v ← μ v + g, w ← w - η v, or w ← w - η (g + μ v) with Nesterov's look-ahead (Sutskever et al. 2013), as PyTorch's SGD.</summary>
/// <remarks>g includes weight decay λ w, for weights that decay (not for biases and norms).</remarks>
internal sealed class Sgd(IReadOnlyList<Parameter> parameters, float momentum = 0.9f, bool nesterov = true, float weightDecay = 0) : IOptimiser
{
    private readonly float[][] velocity = [.. parameters.Select(p => new float[p.Length])];

    public int Steps { get; set; }

    public IEnumerable<(string Name, float[] Values)> State => velocity.Select((v, i) => ($"velocity.{i}", v));

    public void Step(float learningRate)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter p = parameters[i];
            if (p.Learns) Update(p.Value, p.Gradient, velocity[i], learningRate * p.LearningRateFactor, p.Decays ? weightDecay : 0);
        }
        Steps++;
    }

    private void Update(Span<float> w, ReadOnlySpan<float> gradient, Span<float> velocity, float learningRate, float decay)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= w.Length; i += Vector<float>.Count)
        {
            var weight = new Vector<float>(w[i..]);
            Vector<float> g = new Vector<float>(gradient[i..]) + decay * weight, v = momentum * new Vector<float>(velocity[i..]) + g;
            v.CopyTo(velocity[i..]);
            (weight - learningRate * (nesterov ? g + momentum * v : v)).CopyTo(w[i..]);
        }
        for (; i < w.Length; i++)
        {
            float g = gradient[i] + decay * w[i], v = momentum * velocity[i] + g;
            velocity[i] = v;
            w[i] -= learningRate * (nesterov ? g + momentum * v : v);
        }
    }
}
