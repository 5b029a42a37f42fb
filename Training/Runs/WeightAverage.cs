using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// An exponential moving average of all weights and running statistics; validation and the saved model use it. It forgets fast at first,
/// decay_t = min(decay, (1 + t) / (10 + t)) as in TensorFlow, so that the random start does not linger.
/// </summary>
internal sealed class WeightAverage
{
    private readonly Parameter[] parameters;
    private readonly float decay;
    private readonly float[][] averages;

    public WeightAverage(Network network, float decay)
    {
        parameters = [.. network.Parameters.Select(p => p.Parameter)];
        this.decay = decay;
        averages = [.. parameters.Select(p => p.Values.ToArray())];
    }

    /// <summary>Averages by number, live: part of a checkpoint.</summary>
    public IEnumerable<(string Name, float[] Values)> State => averages.Select((a, i) => ($"average.{i}", a));

    /// <param name="step">Steps taken so far, from 1.</param>
    public void Update(long step)
    {
        float keep = Math.Min(decay, (1f + step) / (10f + step));
        for (int p = 0; p < parameters.Length; p++) WeightUpdates.Average(averages[p], parameters[p].Values, 1 - keep);
    }

    /// <summary>Averages in the order of the network's parameters, live.</summary>
    public IReadOnlyList<float[]> Values => averages;
}
