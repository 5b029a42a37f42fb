using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Inference;

/// <summary>Measures the ranges that <see cref="QuantisedCompiler"/> needs.</summary>
internal static class Calibration
{
    private const int Batch = 16;

    /// <summary>Runs a network in floats over pictures like those that it is to see.</summary>
    /// <param name="network">Will be compiled.</param>
    /// <param name="images">How many, at least 1.</param>
    /// <param name="fill">Puts picture n, normalised, into a span.</param>
    /// <param name="team">Threads.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public static ActivationRanges Measure(
        Network network,
        int images,
        Action<int, Span<float>> fill,
        ThreadTeam team,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        float[] least = new float[network.Nodes.Count + 1], largest = new float[least.Length];
        var fusion = new Fusion(network);
        InferencePlan plan = InferencePlan.Create(network, fusion.Steps());
        var session = new InferenceSession(plan, Math.Min(Batch, images), team);
        for (int first = 0; first < images; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Input.Batch = Math.Min(Batch, images - first);
            for (int n = 0; n < session.Input.Batch; n++) fill(first + n, session.Input.Image(n));
            UpdateRange(0, session.Input.Span);
            session.Observe((step, values) => UpdateRange(1 + fusion.Nodes[step], values));
        }
        return new ActivationRanges { Least = least, Largest = largest, Images = images };

        void UpdateRange(int value, ReadOnlySpan<float> values)
        {
            foreach (float v in values)
            {
                if (v < least[value]) least[value] = v;
                if (v > largest[value]) largest[value] = v;
            }
        }
    }
}
