using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Optimisers;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Sharpness-aware minimisation, Foret et al. 2020, arXiv:2010.01412: the gradient is taken not at w but at w + ρ g / |g|, the worst place
/// nearby to first order, so that descent looks for wide valleys. A step costs two passes.
/// </summary>
/// <remarks>
/// |g| is the L2 norm over all weights that learn. Running statistics are those of the first pass alone: nobody predicts at the other
/// place.
/// </remarks>
internal sealed class SharpnessAwareStep
{
    private readonly float radius;
    private readonly Parameter[] weights;
    private readonly float[][] savedWeights;
    private readonly RunningStatistics statistics;
    private readonly GradientNorm norm;
    private readonly ParameterSplit split;

    /// <param name="network">The network; its gradients are filled when <see cref="Climb"/> is called.</param>
    /// <param name="radius">ρ, positive.</param>
    /// <param name="team">Null for the caller's thread alone.</param>
    public SharpnessAwareStep(Network network, float radius, ThreadTeam? team = null)
    {
        this.radius = radius;
        weights = [.. network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)];
        savedWeights = [.. weights.Select(p => new float[p.Length])];
        statistics = new RunningStatistics(network);
        norm = new GradientNorm(weights, team);
        split = new ParameterSplit(weights, team);
    }

    /// <summary>Goes from w to w + ρ g / |g|.</summary>
    public void Climb()
    {
        statistics.Save();
        split.Run(new Ascent(this, (float)(radius / (norm.Compute() + 1e-12))));
    }

    /// <summary>Back to w, to the bit, with the gradients and without the statistics of the other place.</summary>
    public void Return()
    {
        statistics.Restore();
        split.Run(new Descent(this));
    }

    private readonly struct Ascent(SharpnessAwareStep owner, float scale) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length)
        {
            Parameter p = owner.weights[parameter];
            if (!p.Learns) return;
            Span<float> w = p.Values.AsSpan(start, length), g = p.Gradient.AsSpan(start, length);
            w.CopyTo(owner.savedWeights[parameter].AsSpan(start));
            WeightUpdates.AddScaled(w, g, scale);
        }
    }

    private readonly struct Descent(SharpnessAwareStep owner) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length)
        {
            if (owner.weights[parameter].Learns)
                owner.savedWeights[parameter].AsSpan(start, length).CopyTo(owner.weights[parameter].Values.AsSpan(start));
        }
    }
}
