using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Optimisers;

/// <summary>The running first and second moments of gradients that Adam and its relatives share.</summary>
internal sealed class AdamMoments(IReadOnlyList<Parameter> parameters, float beta1, float beta2)
{
    private readonly float[][] m = [.. parameters.Select(p => new float[p.Length])], v = [.. parameters.Select(p => new float[p.Length])];

    public IEnumerable<(string Name, float[] Values)> State
        => m.Select((a, i) => ($"m.{i}", a)).Concat(v.Select((a, i) => ($"v.{i}", a)));

    /// <summary>m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g² with g = gradient + decay · w.</summary>
    public void Update(int parameter, int start, int length, float decay)
    {
        Span<float> first = m[parameter].AsSpan(start, length), second = v[parameter].AsSpan(start, length);
        ReadOnlySpan<float> w = parameters[parameter].Values.AsSpan(start, length),
            gradient = parameters[parameter].Gradient.AsSpan(start, length);
        WeightUpdates.Moments(first, second, w, gradient, beta1, beta2, decay);
    }

    /// <summary>w ← keep · w - rate · m / (√v · scale + ε).</summary>
    public void Apply(int parameter, int start, int length, float keep, float rate, float scale, float epsilon)
    {
        ReadOnlySpan<float> first = m[parameter].AsSpan(start, length), second = v[parameter].AsSpan(start, length);
        Span<float> w = parameters[parameter].Values.AsSpan(start, length);
        WeightUpdates.AdaptiveStep(w, first, second, keep, rate, scale, epsilon);
    }

    /// <summary>w ← w - rate · m: the step without the second moment.</summary>
    public void ApplyFirst(int parameter, int start, int length, float rate)
    {
        ReadOnlySpan<float> first = m[parameter].AsSpan(start, length);
        Span<float> w = parameters[parameter].Values.AsSpan(start, length);
        for (int i = 0; i < w.Length; i++) w[i] -= rate * first[i];
    }
}
