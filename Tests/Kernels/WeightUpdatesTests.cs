using EmotionMLNet.Kernels;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>
/// What optimisers do, value by value in floats by the formula, to the bit: each operation rounds once and none is fused, whatever the
/// vector, so that a run gives the same bits on every machine.
/// </summary>
[Trait("Category", "Kernels")]
public sealed class WeightUpdatesTests
{
    private const float Rate = 0.013f, Beta1 = 0.9f, Beta2 = 0.999f, Decay = 0.0005f;

    // Whole vectors of every width, and what is left over by each.
    public static TheoryData<int> Lengths => [0, 1, 3, 4, 15, 16, 33, 1000, 4093];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void An_average_goes_a_share_of_the_way(int length)
    {
        (float[] average, float[] value) = (Values(length, 1), Values(length, 2));
        float[] expected = [.. average.Zip(value, (a, v) => a + 0.3f * (v - a))];
        WeightUpdates.Average(average, value, 0.3f);
        Assert.Equal(expected, average);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Scaled_values_are_added(int length)
    {
        (float[] w, float[] g) = (Values(length, 1), Values(length, 2));
        float[] expected = [.. w.Zip(g, (a, b) => a + Rate * b)];
        WeightUpdates.AddScaled(w, g, Rate);
        Assert.Equal(expected, w);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Values_are_scaled(int length)
    {
        float[] g = Values(length, 1), expected = [.. g.Select(v => Rate * v)];
        WeightUpdates.Scale(g, Rate);
        Assert.Equal(expected, g);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Momentum_is_that_of_gradient_descent_with_and_without_look_ahead(int length)
    {
        foreach (bool lookAhead in new[] { false, true })
        {
            float[] w = Values(length, 1), velocity = Values(length, 2), gradient = Values(length, 3);
            float[] v = new float[length], expected = new float[length];
            for (int i = 0; i < length; i++)
            {
                float g = gradient[i] + Decay * w[i];
                v[i] = Beta1 * velocity[i] + g;
                expected[i] = w[i] - Rate * (lookAhead ? g + Beta1 * v[i] : v[i]);
            }
            WeightUpdates.Momentum(w, velocity, gradient, Rate, Beta1, Decay, lookAhead);
            Assert.Equal(v, velocity);
            Assert.Equal(expected, w);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Moments_and_the_step_are_those_of_Adam(int length)
    {
        float[] w = Values(length, 1), gradient = Values(length, 2), first = Values(length, 3);
        float[] second = [.. Values(length, 4).Select(MathF.Abs)];
        float[] m = new float[length], v = new float[length], expected = new float[length];
        for (int i = 0; i < length; i++)
        {
            float g = gradient[i] + Decay * w[i];
            m[i] = Beta1 * first[i] + (1 - Beta1) * g;
            v[i] = Beta2 * second[i] + (1 - Beta2) * g * g;
            expected[i] = 0.99f * w[i] - Rate * m[i] / (1.5f * MathF.Sqrt(v[i]) + 1e-8f);
        }
        WeightUpdates.Moments(first, second, w, gradient, Beta1, Beta2, Decay);
        Assert.Equal(m, first);
        Assert.Equal(v, second);
        WeightUpdates.AdaptiveStep(w, first, second, keep: 0.99f, Rate, scale: 1.5f, epsilon: 1e-8f);
        Assert.Equal(expected, w);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Squares_are_summed_in_double_in_one_order_on_every_machine(int length)
    {
        float[] g = Values(length, 1);
        var lanes = new double[8];
        int whole = length / 8 * 8;
        for (int i = 0; i < whole; i++) lanes[i % 8] += (double)g[i] * g[i];
        double[] four = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
        double expected = four[0] + four[1] + (four[2] + four[3]);
        for (int i = whole; i < length; i++) expected += (double)g[i] * g[i];
        Assert.Equal(expected, WeightUpdates.SumOfSquares(g));
    }

    private static float[] Values(int length, int seed) => RandomValues.Uniform(length, seed, 3);
}
