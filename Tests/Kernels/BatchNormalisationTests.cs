using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>What goldens of a few rows cannot show: large means, outliers, long sums, and the fused ReLU.</summary>
[Trait("Category", "Kernels")]
public sealed class BatchNormalisationTests
{
    private const int Channels = 37; // two vectors, one vector and single values at every width

    public static TheoryData<int, int> WidthsAndThreads => new() { { 16, 2 }, { 8, 1 }, { 4, 3 }, { 1, 2 } };

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void A_large_mean_does_not_cancel_the_variance(int lanes, int threads)
    {
        var random = new Random(1);
        AssertStatistics(rows: 999, lanes, threads, (_, c) => 10_000f * (c - 18) + (float)random.NextDouble());
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void A_first_row_far_from_the_rest_does_no_harm(int lanes, int threads)
    {
        var random = new Random(2);
        AssertStatistics(rows: 4001, lanes, threads, (r, c) => r == 0 ? 50 + c : (float)random.NextDouble());
    }

    [Fact]
    public void Sums_of_many_rows_keep_their_digits()
    {
        var random = new Random(3);
        AssertStatistics(rows: 100_000, Lanes.Widest, threads: 2, (_, _) => 0.1f + (float)random.NextDouble());
    }

    [Fact]
    public void A_constant_channel_has_no_variance()
        => Assert.All(Statistics([.. Enumerable.Repeat(0.1f, 50 * Channels)], Lanes.Widest, 2).Variance, v => Assert.Equal(0, v));

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void Fused_ReLU_is_ReLU_behind_batch_norm_both_ways(int lanes, int threads)
    {
        using var team = new ThreadTeam(threads, lanes);
        const int rows = 301;
        float[] x = Values(rows, 1), dy = Values(rows, 2), mean = Values(1, 3), scale = Values(1, 4), shift = Values(1, 5), coefficients = Values(3, 6);
        float[] plain = new float[x.Length], fused = new float[x.Length], scratch = new float[BatchNormalisation.ScratchFloats(Channels, threads)];
        BatchNormalisation.Normalise(x, scale, shift, relu: false, plain, team);
        BatchNormalisation.Normalise(x, scale, shift, relu: true, fused, team);
        Assert.Equal(plain.Select(v => MathF.Max(v, 0)), fused);

        float[] masked = [.. dy.Select((d, i) => fused[i] > 0 ? d : 0)];
        Assert.Equal(Gradient(masked, relu: false), Gradient(dy, relu: true));
        Assert.Contains(masked, d => d == 0);

        float[] Gradient(float[] gradient, bool relu)
        {
            float[] sums = new float[Channels], products = new float[Channels], dx = [.. gradient];
            BatchNormalisation.GradientSums(x, gradient, mean, scale, shift, relu, sums, products, scratch, team);
            BatchNormalisation.InputGradient(x, dx, scale, shift, relu, coefficients, dx, team); // over dY itself
            return [.. sums, .. products, .. dx];
        }
    }

    private static void AssertStatistics(int rows, int lanes, int threads, Func<int, int, float> value)
    {
        var x = new float[rows * Channels];
        for (int i = 0; i < x.Length; i++) x[i] = value(i / Channels, i % Channels);
        (float[] mean, float[] variance) = Statistics(x, lanes, threads);
        for (int c = 0; c < Channels; c++)
        {
            double m = 0, v = 0;
            for (int r = 0; r < rows; r++) m += x[r * Channels + c] / (double)rows;
            for (int r = 0; r < rows; r++) v += Math.Pow(x[r * Channels + c] - m, 2) / rows;
            Assert.Equal(m, mean[c], 1e-7 * Math.Abs(m) + 1e-6 * Math.Sqrt(v));
            Assert.Equal(v, variance[c], 3e-6 * v);
        }
    }

    private static (float[] Mean, float[] Variance) Statistics(float[] x, int lanes, int threads)
    {
        using var team = new ThreadTeam(threads, lanes);
        float[] mean = new float[Channels], variance = new float[Channels];
        BatchNormalisation.Statistics(x, mean, variance, new float[BatchNormalisation.ScratchFloats(Channels, threads)], team);
        return (mean, variance);
    }

    private static float[] Values(int rows, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * Channels).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }
}
