using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

public sealed class RandomDropTests
{
    private const int Count = 200_003;

    [Theory]
    [InlineData(0.001f)]
    [InlineData(0.3f)]
    [InlineData(0.5f)]
    [InlineData(0.97f)]
    public void The_wanted_share_is_dropped_and_the_rest_is_scaled(float rate)
    {
        foreach (ulong seed in new ulong[] { 0, 1, 0x8000_0000_0000_0000, ulong.MaxValue })
        {
            float[] y = Drop(seed, rate);
            int dropped = y.Count(v => v == 0);
            double deviation = Math.Sqrt(Count * rate * (1 - rate));
            Assert.InRange(dropped, Count * rate - 5 * deviation, Count * rate + 5 * deviation);
            Assert.All(y, v => Assert.True(v == 0 || MathF.Abs(v - 1 / (1 - rate)) < 1e-5f / (1 - rate)));
        }
    }

    [Fact]
    public void Neighbours_in_position_and_in_seed_are_independent()
    {
        float[] mask = Drop(5, 0.5f);
        foreach (int lag in new[] { 1, 2, 3, 4, 7, 8, 16, 32, 64, 256, 1024 }) AssertUncorrelated(mask[lag..], mask[..^lag], $"lag {lag}");
        foreach (ulong other in new ulong[] { 4, 6, 5 + (1UL << 32), 5 + 0x9E3779B97F4A7C15 })
            AssertUncorrelated(mask, Drop(other, 0.5f), $"seed {other}");
    }

    [Fact]
    public void The_number_of_threads_does_not_matter()
        => Assert.All(new[] { 2, 3 }, threads => Assert.Equal(Drop(5, 0.4f), Drop(5, 0.4f, threads)));

    // Pairs of fair coins agree half the time; 5 deviations is one chance in a million.
    private static void AssertUncorrelated(float[] a, float[] b, string what)
    {
        double agreeing = a.Zip(b, (x, y) => x == y ? 1.0 : 0).Sum(), deviations = (agreeing - a.Length / 2.0) / Math.Sqrt(a.Length / 4.0);
        Assert.True(Math.Abs(deviations) < 5, $"{what}: {deviations} deviations from independence.");
    }

    private static float[] Drop(ulong seed, float rate, int threads = 1)
    {
        using var team = new ThreadTeam(threads);
        float[] values = [.. Enumerable.Repeat(1f, Count)];
        RandomDrop.Apply(seed, rate, values, values, team);
        return values;
    }
}
