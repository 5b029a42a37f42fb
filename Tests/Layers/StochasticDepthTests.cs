using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Layers;

public sealed class StochasticDepthTests
{
    // torchvision.ops.stochastic_depth(x, p, "row"): noise of Bernoulli(1 - p) a row, divided by 1 - p.
    [Fact]
    public void Whole_images_are_dropped_at_the_rate_and_the_rest_is_scaled()
    {
        using var team = new ThreadTeam(2);
        const int images = 2000;
        const float rate = 0.3f;
        var x = new Tensor(images, new Shape(2, 3, 5));
        x.Span.Fill(2);
        var context = new LayerContext
        {
            Inputs = [x],
            Output = new Tensor(images, x.Shape),
            ScratchMemory = new Arena(images),
            Team = team,
            Training = true,
            Seed = 4,
        };
        new StochasticDepth(rate).Forward(context);
        int dropped = 0;
        for (int n = 0; n < images; n++)
        {
            float first = context.Output.Image(n)[0];
            Assert.True(context.Output.Image(n).IndexOfAnyExcept(first) < 0);
            if (first == 0) dropped++;
            else Assert.Equal(2 / (1 - rate), first, 1e-5f);
        }
        Assert.InRange(dropped, images * rate - 70, images * rate + 70); // 3.4 standard deviations
    }

    [Fact]
    public void Another_seed_drops_other_images()
    {
        using var team = new ThreadTeam(1);
        var x = new Tensor(64, Shape.Vector(1));
        x.Span.Fill(1);
        var context = new LayerContext
        {
            Inputs = [x],
            Output = new Tensor(64, x.Shape),
            ScratchMemory = new Arena(64),
            Team = team,
            Training = true,
        };
        Assert.NotEqual(Run(1), Run(2));

        float[] Run(ulong seed)
        {
            context.Seed = seed;
            new StochasticDepth(0.5f).Forward(context);
            return context.Output.Span.ToArray();
        }
    }
}
