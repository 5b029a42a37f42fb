using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Training.Optimisers;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Scales all gradients down together so that their common L2 norm stays within a limit: Pascanu et al. 2012, arXiv:1211.5063.
/// </summary>
/// <param name="parameters">Those that learn count.</param>
/// <param name="limit">Largest norm, positive.</param>
/// <param name="team">Null for the caller's thread alone.</param>
internal sealed class GradientClipping(IReadOnlyList<Parameter> parameters, float limit, ThreadTeam? team = null)
{
    private readonly GradientNorm norm = new(parameters, team);
    private readonly ParameterSplit split = new(parameters, team);

    /// <returns>The norm before scaling.</returns>
    public double Apply()
    {
        double length = norm.Compute();
        if (length > limit) split.Run(new Scaling(parameters, (float)(limit / (length + 1e-6))));
        return length;
    }

    private readonly struct Scaling(IReadOnlyList<Parameter> parameters, float scale) : IParameterUpdate
    {
        public void Apply(int parameter, int start, int length)
        {
            if (parameters[parameter].Learns) WeightUpdates.Scale(parameters[parameter].Gradient.AsSpan(start, length), scale);
        }
    }
}
