using EmotionMLNet.Layers;

namespace EmotionMLNet.Trainer.Training;

/// <summary>Scales all gradients down together so that their common L2 norm stays within a limit: Pascanu et al. 2012, arXiv:1211.5063.</summary>
internal static class GradientClipping
{
    /// <param name="parameters">Those that learn are summed in this order, in double, so that the norm does not depend on threads.</param>
    /// <param name="limit">Largest norm, positive.</param>
    /// <returns>The norm before scaling.</returns>
    public static double Apply(ReadOnlySpan<Parameter> parameters, float limit)
    {
        double squares = 0;
        foreach (Parameter p in parameters)
            if (p.Learns) foreach (float g in p.Gradient!) squares += (double)g * g;
        double norm = Math.Sqrt(squares);
        if (norm <= limit) return norm;
        float scale = (float)(limit / (norm + 1e-6));
        foreach (Parameter p in parameters)
            if (p.Learns) foreach (ref float g in p.Gradient.AsSpan()) g *= scale;
        return norm;
    }
}
