using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Runs.Progressive;

namespace EmotionMLNet.Tests.Runs.Progressive;

public sealed class BatchDownsamplingTests
{
    [Theory]
    [InlineData(48, 48, 1, 32, 32)]
    [InlineData(48, 36, 3, 41, 20)]
    [InlineData(9, 9, 1, 9, 4)]
    [InlineData(7, 5, 4, 1, 1)]
    public void Every_picture_is_that_of_Pillow_but_for_its_rounding(int width, int height, int channels, int newWidth, int newHeight)
    {
        Shape from = new(height, width, channels), to = new(newHeight, newWidth, channels);
        using var team = new ThreadTeam(2);
        Tensor whole = new(5, from), small = new(5, to);
        whole.Batch = 3;
        byte[] pixels = new byte[whole.Span.Length];
        new Random(1).NextBytes(pixels);
        for (int i = 0; i < pixels.Length; i++) whole.Span[i] = pixels[i];

        new BatchDownsampling(from, to, team).Apply(whole, small);

        Assert.Equal(3, small.Batch);
        var expected = new byte[to.Length];
        for (int n = 0; n < 3; n++)
        {
            Resize.Bilinear(
                pixels.AsSpan(n * from.Length, from.Length),
                width,
                height,
                channels,
                new Box(0, 0, width, height),
                expected,
                newWidth,
                newHeight
            );
            for (int i = 0; i < expected.Length; i++)
                Assert.InRange(small.Image(n)[i], expected[i] - 1.01f, expected[i] + 1.01f); // it rounds twice
        }
    }

    [Fact]
    public void What_is_flat_stays_as_it_is()
    {
        Shape from = new(48, 48, 1), to = new(32, 40, 1);
        using var team = new ThreadTeam(1);
        Tensor whole = new(1, from), small = new(1, to);
        whole.Span.Fill(-1.75f);
        new BatchDownsampling(from, to, team).Apply(whole, small);
        foreach (float v in small.Span) Assert.Equal(-1.75f, v, 1e-6f);
    }

    [Fact]
    public void A_batch_allocates_nothing()
    {
        Shape from = new(48, 48, 1), to = new(32, 32, 1);
        using var team = new ThreadTeam(1);
        Tensor whole = new(4, from), small = new(4, to);
        var reduction = new BatchDownsampling(from, to, team);
        Assert.Equal(0, SteadyAllocation.Of(() => reduction.Apply(whole, small)));
    }

    [Fact]
    public void Nothing_is_enlarged()
    {
        using var team = new ThreadTeam(1);
        Assert.Throws<ArgumentException>(() => new BatchDownsampling(new Shape(12, 12, 1), new Shape(12, 13, 1), team));
    }
}
