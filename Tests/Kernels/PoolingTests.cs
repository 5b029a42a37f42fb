using EmotionMLNet.Kernels;
using EmotionMLNet.Tests.Reference;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>Random geometry against the definition, on every vector width.</summary>
[Trait("Category", "Kernels")]
public sealed class PoolingTests
{
    public static TheoryData<int> Widths => [16, 8, 4, 1];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Max_pooling_equals_the_definition(int lanes)
    {
        foreach ((PoolGeometry g, int batch, int threads, Random random) in Geometries())
        {
            using var team = new ThreadTeam(threads, lanes);
            // Whole numbers: ties in most windows, and sums of gradients without rounding.
            float[] x = Values(random, batch * g.Height * g.Width * g.Channels),
                dy = Values(random, batch * g.OutHeight * g.OutWidth * g.Channels);
            (float[] y, float[] dx) = ReferencePooling.Max(g, batch, x, dy);
            float[] actualY = Poison(y.Length), place = Poison(y.Length), actualDx = Poison(x.Length);
            Pooling.Max(g, batch, x, actualY, place, team);
            Pooling.MaxGradient(g, batch, dy, place, actualDx, team);
            Assert.Equal(y, actualY);
            Assert.Equal(dx, actualDx);
            Array.Fill(actualY, float.NaN);
            Pooling.Max(g, batch, x, actualY, default, team);
            Assert.Equal(y, actualY);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Average_pooling_equals_the_definition(int lanes)
    {
        bool countPadding = false;
        foreach ((PoolGeometry g, int batch, int threads, Random random) in Geometries())
        {
            using var team = new ThreadTeam(threads, lanes);
            float[] x = Values(random, batch * g.Height * g.Width * g.Channels),
                dy = Values(random, batch * g.OutHeight * g.OutWidth * g.Channels);
            countPadding = !countPadding;
            (double[] y, double[] dx) = ReferencePooling.Average(g, countPadding, batch, x, dy);
            float[] actualY = Poison(y.Length), actualDx = Poison(x.Length);
            Pooling.Average(g, countPadding, batch, x, actualY, team);
            Pooling.AverageGradient(g, countPadding, batch, dy, actualDx, team);
            for (int i = 0; i < y.Length; i++) Assert.Equal(y[i], actualY[i], 1e-6);
            for (int i = 0; i < dx.Length; i++) Assert.Equal(dx[i], actualDx[i], 3e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_NaN_and_minus_infinity_pass_through_max_pooling(int lanes)
    {
        using var team = new ThreadTeam(1, lanes);
        foreach (var g in new PoolGeometry[] { new(2, 2, 17, 2, 2, 0), new(3, 3, 17, 3, 1, 0) })
        {
            for (int cell = 0; cell < g.Height * g.Width; cell++)
            {
                float[] x = new float[g.Height * g.Width * 17], y = new float[17];
                for (int c = 0; c < 17; c++) x[cell * 17 + c] = float.NaN;
                Pooling.Max(g, 1, x, y, default, team);
                Assert.All(y, v => Assert.True(float.IsNaN(v)));
            }
            float[] low = [.. Enumerable.Repeat(float.NegativeInfinity, g.Height * g.Width * 17)],
                least = new float[17],
                place = Poison(17);
            Pooling.Max(g, 1, low, least, place, team);
            Assert.All(least, v => Assert.Equal(float.NegativeInfinity, v));
            Assert.All(place, p => Assert.Equal(0, p));
        }
    }

    private static IEnumerable<(PoolGeometry Geometry, int Batch, int Threads, Random Random)> Geometries()
    {
        var random = new Random(1);
        for (int i = 0; i < 60; i++)
        {
            int kernel = i % 3 == 0 ? 2 : random.Next(1, 5),
                stride = i % 3 == 0 ? 2 : random.Next(1, 5),
                padding = i % 3 == 0 ? 0 : random.Next(0, kernel / 2 + 1);
            int height = Math.Max(1, kernel - 2 * padding) + random.Next(6), width = Math.Max(1, kernel - 2 * padding) + random.Next(6);
            yield return (
                new PoolGeometry(height, width, random.Next(1, 40), kernel, stride, padding),
                random.Next(1, 4),
                random.Next(1, 4),
                random
            );
            int wide = random.Next(1, 6), step = random.Next(1, 4), before = random.Next(wide), after = random.Next(wide);
            var uneven = new PoolGeometry(
                height,
                Math.Max(1, wide - before) + random.Next(6),
                random.Next(1, 40),
                (kernel, wide),
                (stride, step),
                (padding, before, 0, after)
            );
            yield return (uneven, random.Next(1, 4), random.Next(1, 4), random);
        }
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-3, 4))];

    private static float[] Poison(int count) => [.. Enumerable.Repeat(float.NaN, count)];
}
