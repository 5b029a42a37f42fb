using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

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
    public void A_fused_ReLU_is_ReLU_behind_batch_norm_both_ways(int lanes, int threads) =>
        AssertFused<Rectifier>(lanes, threads, residual: false);

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void A_fused_ReLU6_is_ReLU6_behind_batch_norm_both_ways(int lanes, int threads) =>
        AssertFused<Rectifier6>(lanes, threads, residual: false);

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void A_fused_sum_and_ReLU_are_those_layers_behind_batch_norm_both_ways(int lanes, int threads)
    {
        AssertFused<Rectifier>(lanes, threads, residual: true);
        AssertFused<Rectifier6>(lanes, threads, residual: true);
        AssertFused<Identity>(lanes, threads, residual: true);
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Fused_pooling_is_batch_norm_then_ReLU_then_pooling_both_ways(int lanes, int threads, int height, int width, int channels)
    {
        AssertPooled<Rectifier>(lanes, threads, new PoolGeometry(height, width, channels, 2, 2, 0));
        AssertPooled<Rectifier6>(lanes, threads, new PoolGeometry(height, width, channels, 2, 2, 0));
    }

    public static TheoryData<int, int, int, int, int> Pictures =>
        new()
        {
            { 16, 2, 4, 6, 32 },
            { 16, 3, 5, 7, 37 },
            { 16, 1, 2, 2, 80 },
            { 8, 2, 7, 4, 37 },
            { 8, 3, 4, 4, 40 },
            { 4, 2, 5, 5, 37 },
            { 4, 1, 6, 3, 24 },
            { 1, 2, 5, 4, 3 },
        };

    [Theory]
    [InlineData(24)]
    [InlineData(37)]
    [InlineData(96)]
    public void Every_width_gives_the_same_bits(int channels)
    {
        float[] x = Values(203 * channels, 1),
            dy = Values(203 * channels, 2),
            mean = Values(channels, 3),
            scale = Values(channels, 4),
            shift = Values(channels, 5),
            k = Values(3 * channels, 6);
        float[] expected = All(16);
        foreach (int lanes in new[] { 8, 4, 1 }) Assert.Equal(expected, All(lanes));

        float[] All(int lanes)
        {
            using var team = new ThreadTeam(2, lanes);
            float[] scratch = new float[BatchNormalisation.ScratchFloats(channels, 2)],
                m = new float[channels],
                v = new float[channels],
                y = new float[x.Length],
                dx = new float[x.Length];
            float[] sums = new float[channels], products = new float[channels];
            BatchNormalisation.Statistics(x, m, v, scratch, team);
            BatchNormalisation.Normalise<Rectifier6>(x, scale, shift, dy, y, scratch, team);
            BatchNormGradient.Sums<Rectifier>(x, dy, default, mean, scale, shift, default, sums, products, scratch, team);
            BatchNormGradient.Input<Rectifier>(x, dy, scale, shift, k, dx, scratch, team);
            return [.. m, .. v, .. y, .. sums, .. products, .. dx];
        }
    }

    private static void AssertFused<TActivation>(int lanes, int threads, bool residual) where TActivation : struct, IActivation
    {
        using var team = new ThreadTeam(threads, lanes);
        const int length = 301 * Channels;
        float[] x = Values(length, 1, 5),
            dy = Values(length, 2),
            r = Values(length, 7, 3),
            mean = Values(Channels, 3),
            scale = Values(Channels, 4),
            shift = Values(Channels, 5, 6);
        float[] coefficients = Values(3 * Channels, 6),
            plain = new float[length],
            fused = new float[length],
            scratch = new float[BatchNormalisation.ScratchFloats(Channels, threads)];
        BatchNormalisation.Normalise<Identity>(x, scale, shift, default, plain, scratch, team);
        if (residual) Elementwise.AddTo(plain, r, team);
        Elementwise.Map<TActivation>(plain, plain, team);
        BatchNormalisation.Normalise<TActivation>(x, scale, shift, residual ? r : default, fused, scratch, team);
        Assert.Equal(plain, fused);

        float[] masked = new float[length], left = [.. dy];
        Elementwise.Map<TActivation>(plain, dy, masked, team);
        Assert.Equal(typeof(TActivation) != typeof(Identity), masked.Contains(0));
        float[] expected = Gradient<Identity>([.. masked], y: null, masked: false);
        Assert.Equal(
            expected,
            residual ? Gradient<TActivation>(left, fused, masked: true) : Gradient<TActivation>(left, y: null, masked: false)
        );

        float[] Gradient<T>(float[] gradient, float[]? y, bool masked) where T : struct, IActivation
        {
            float[] sums = new float[Channels], products = new float[Channels], dx = new float[length];
            BatchNormGradient.Sums<T>(x, gradient, y, mean, scale, shift, masked ? gradient : default, sums, products, scratch, team);
            float[] passed = y is null ? [] : [.. gradient];
            if (masked) BatchNormGradient.Input<Identity>(x, gradient, scale, shift, coefficients, dx, scratch, team);
            else BatchNormGradient.Input<T>(x, gradient, scale, shift, coefficients, gradient, scratch, team); // over dY itself
            if (y is not null) Elementwise.Map<T>(y, dy, plain, team);
            if (y is not null) Assert.Equal(plain, passed);
            return [.. sums, .. products, .. masked ? dx : gradient];
        }
    }

    private static void AssertPooled<TActivation>(int lanes, int threads, PoolGeometry g) where TActivation : struct, IActivation
    {
        using var team = new ThreadTeam(threads, lanes);
        const int batch = 3;
        int outputs = batch * g.OutHeight * g.OutWidth * g.Channels;
        float[] x = Values(batch * g.Height * g.Width * g.Channels, 1, 5),
            dy = Values(outputs, 2),
            mean = Values(g.Channels, 3),
            scale = Values(g.Channels, 4),
            shift = Values(g.Channels, 5, 6);
        float[] coefficients = Values(3 * g.Channels, 6), scratch = new float[BatchNormalisation.ScratchFloats(g.Channels, threads)];
        float[] y = new float[x.Length],
            pooled = new float[outputs],
            place = new float[outputs],
            d = new float[x.Length],
            dx = new float[x.Length],
            fused = new float[outputs],
            fusedDx = new float[x.Length];
        float[] sums = new float[g.Channels],
            products = new float[g.Channels],
            fusedSums = new float[g.Channels],
            fusedProducts = new float[g.Channels];

        BatchNormalisation.Normalise<TActivation>(x, scale, shift, default, y, scratch, team);
        Pooling.Max(g, batch, y, pooled, place, team);
        Pooling.MaxGradient(g, batch, dy, place, d, team);
        BatchNormGradient.Sums<TActivation>(x, d, default, mean, scale, shift, default, sums, products, scratch, team);
        BatchNormGradient.Input<TActivation>(x, d, scale, shift, coefficients, dx, scratch, team);

        BatchNormPooling.Forward<TActivation>(g, batch, x, scale, shift, fused, team);
        BatchNormPooling.Sums<TActivation>(g, batch, x, dy, mean, scale, shift, fusedSums, fusedProducts, scratch, team);
        BatchNormPooling.Input<TActivation>(g, batch, x, dy, scale, shift, coefficients, fusedDx, team);
        Assert.Equal(pooled, fused);
        for (int c = 0; c < g.Channels; c++)
        {
            Assert.Equal(sums[c], fusedSums[c], 1e-5f);
            Assert.Equal(products[c], fusedProducts[c], 1e-4f);
        }
        for (int i = 0; i < dx.Length; i++) Assert.True(MathF.Abs(dx[i] - fusedDx[i]) < 1e-5f, $"dx[{i}] {dx[i]}, fused {fusedDx[i]}, {g}");
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

    private static float[] Values(int count, int seed, float range = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => range * (float)(2 * random.NextDouble() - 1))];
    }
}
