using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Inference;

/// <summary>The least and the largest value that each step of an <see cref="InferencePlan"/> made of some calibration images.</summary>
internal sealed class ActivationRanges
{
    // Of each step, and then of the input.
    private readonly float[] least, largest;

    private ActivationRanges(int steps) => (least, largest) = (new float[steps + 1], new float[steps + 1]);

    /// <summary>Runs a network in floats over images like those that it is to see.</summary>
    /// <param name="network">Will be compiled.</param>
    /// <param name="images">How many.</param>
    /// <param name="fill">Puts image n, normalised, into a span.</param>
    /// <param name="team">Threads.</param>
    public static ActivationRanges Measure(Network network, int images, Action<int, Span<float>> fill, ThreadTeam team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        const int Batch = 16;
        InferencePlan plan = InferencePlan.Compile(network);
        var ranges = new ActivationRanges(plan.Steps.Count);
        var session = new InferenceSession(plan, Math.Min(Batch, images), team);
        for (int first = 0; first < images; first += Batch)
        {
            session.Input.Batch = Math.Min(Batch, images - first);
            for (int n = 0; n < session.Input.Batch; n++) fill(first + n, session.Input.Image(n));
            ranges.See(plan.Steps.Count, session.Input.Span);
            session.Observe(ranges.See);
        }
        return ranges;
    }

    /// <summary>The bytes for the network's input.</summary>
    public ByteScale InputScale => ScaleOf(least.Length - 1);

    /// <summary>The bytes for a step's values.</summary>
    public ByteScale ScaleOf(int step) => ByteScale.Of(least[step], largest[step]);

    private void See(int step, ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (value < least[step]) least[step] = value;
            if (value > largest[step]) largest[step] = value;
        }
    }
}
