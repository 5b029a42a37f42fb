using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels.Quantised;

/// <summary>Pooling and conversions of bytes, at every width.</summary>
[Trait("Category", "Kernels")]
public sealed class ByteKernelTests
{
    public static TheoryData<int> Widths => [16, 8, 4, 1];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Max_pooling_of_bytes_equals_that_of_floats(int lanes)
    {
        var random = new Random(3);
        foreach (int channels in new[] { 1, 3, 16, 20, 32, 48, 64, 130 })
        {
            foreach (
                PoolGeometry g in new PoolGeometry[]
                {
                    new(9, 7, channels, 2, 2, 0),
                    new(8, 10, channels, 3, 2, 1),
                    new(5, 6, channels, 3, 1, 0),
                }
            )
            {
                using var team = new ThreadTeam(2, lanes);
                byte[] x = new byte[2 * g.Height * g.Width * channels], y = new byte[2 * g.OutHeight * g.OutWidth * channels];
                random.NextBytes(x);
                var expected = new float[y.Length];
                Pooling.Max(g, 2, [.. x.Select(q => (float)q)], expected, default, team);
                BytePooling.Max(g, 2, x, y, team);
                Assert.Equal(expected, y.Select(q => (float)q));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Bytes_stand_for_floats_to_half_a_step_and_for_zero_exactly(int lanes)
    {
        using var team = new ThreadTeam(2, lanes);
        foreach ((float least, float largest) in new[] { (0f, 6f), (-1.7f, 4.1f), (-3f, -1f), (0.5f, 2f) })
        {
            ByteScale scale = ByteScale.FromRange(least, largest);
            float[] x = RandomValues.Uniform(101, 5, largest - least), back = new float[101];
            for (int i = 0; i < x.Length; i++) x[i] = Math.Clamp(x[i], Math.Min(least, 0), Math.Max(largest, 0));
            x[7] = 0;
            var q = new byte[101];
            ByteConversion.Quantise(x, scale, q, team);
            ByteConversion.Dequantise(q, scale, back, team);
            for (int i = 0; i < x.Length; i++)
                Assert.Equal(x[i], back[i], scale.Step * 1.001f); // the zero point itself is rounded: half a step more at the ends
            Assert.Equal(0, back[7]);
        }
    }

    [Fact]
    public void What_lies_beyond_a_range_becomes_its_end()
    {
        using var team = new ThreadTeam(1);
        var q = new byte[4];
        ByteConversion.Quantise([-100, 1e9f, -0.1f, 0.6f], ByteScale.FromRange(0, 1), q, team);
        Assert.Equal([0, 255, 0, 153], q);
        Assert.Equal(new ByteScale(1, 0), ByteScale.FromRange(0, 0)); // a dead value
    }
}
