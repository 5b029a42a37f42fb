using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class RandomStreamTests
{
    [Fact]
    public void Uniform_draws_fill_their_interval_evenly()
    {
        var random = new RandomStream(3);
        int[] bins = new int[16];
        for (int i = 0; i < 160_000; i++)
        {
            float v = random.NextSingle();
            Assert.InRange(v, 0, 0.99999999f);
            bins[(int)(v * 16)]++;
            Assert.InRange(random.Next(7), 0, 6);
        }
        Assert.All(bins, b => Assert.InRange(b, 9_500, 10_500));
    }

    [Fact]
    public void Keys_of_neighbouring_items_have_nothing_in_common()
    {
        ulong[] keys =
        [
            .. Enumerable.Range(0, 1000).Select(i => RandomStream.Key(1, (ulong)i)),
            .. Enumerable.Range(0, 1000).Select(i => RandomStream.Key(2, (ulong)i)),
        ];
        Assert.Equal(2000, keys.Distinct().Count());
        double flipped = keys.Zip(keys.Skip(1), (a, b) => ulong.PopCount(a ^ b)).Average(c => (double)c);
        Assert.Equal(32, flipped, 0.5);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Beta_has_the_mean_and_variance_of_its_law(double alpha)
    {
        var random = new RandomStream(9);
        double[] draws = new double[40_000];
        for (int i = 0; i < draws.Length; i++) draws[i] = random.NextBeta(alpha);
        Assert.All(draws, d => Assert.InRange(d, 0, 1));
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), draws.Average(d => (d - 0.5) * (d - 0.5)), 0.003);
    }

    [Fact]
    public void Shuffling_keeps_every_item_and_puts_each_anywhere()
    {
        int[] firsts = new int[5];
        for (ulong key = 0; key < 5000; key++)
        {
            int[] items = [0, 1, 2, 3, 4];
            new RandomStream(RandomStream.Key(7, key)).Shuffle(items.AsSpan());
            firsts[items[0]]++;
            Assert.Equal([0, 1, 2, 3, 4], items.Order());
        }
        Assert.All(firsts, f => Assert.InRange(f, 880, 1120));
    }
}
