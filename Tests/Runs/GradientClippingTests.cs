using EmotionMLNet.Layers;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class GradientClippingTests
{
    private static Parameter[] Parameters() =>
    [
        new("a", trainable: true, decays: true, 2) { Gradient = [3, 0] },
        new("b", trainable: true, decays: false, 1) { Gradient = [-4] },
    ];

    [Fact]
    public void Gradients_beyond_the_limit_are_scaled_together()
    {
        Parameter[] parameters = Parameters();
        Assert.Equal(5, new GradientClipping(parameters, limit: 1).Apply(), 1e-12);
        Assert.Equal(0.6f, parameters[0].Gradient![0], 1e-5f);
        Assert.Equal(0f, parameters[0].Gradient![1]);
        Assert.Equal(-0.8f, parameters[1].Gradient![0], 1e-5f);
    }

    [Fact]
    public void Gradients_within_the_limit_keep_their_bits()
    {
        Parameter[] parameters = Parameters();
        Assert.Equal(5, new GradientClipping(parameters, limit: 5).Apply(), 1e-12);
        Assert.Equal([3f, 0f], parameters[0].Gradient!);
        Assert.Equal([-4f], parameters[1].Gradient!);
    }
}
