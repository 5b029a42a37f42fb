using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What a forward pass changes in a network, the running statistics of its batch norms: kept, and put back after a pass that is not to
/// count.
/// </summary>
internal sealed class RunningStatistics
{
    private readonly Parameter[] statistics;
    private readonly float[][] saved;

    public RunningStatistics(Network network)
    {
        statistics = [.. network.Parameters.Select(p => p.Parameter).Where(p => !p.Trainable)];
        saved = [.. statistics.Select(p => new float[p.Length])];
    }

    public void Save()
    {
        for (int i = 0; i < statistics.Length; i++) statistics[i].Values.CopyTo(saved[i], 0);
    }

    public void Restore()
    {
        for (int i = 0; i < statistics.Length; i++) saved[i].CopyTo(statistics[i].Values, 0);
    }
}
