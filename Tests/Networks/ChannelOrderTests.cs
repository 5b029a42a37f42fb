using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Networks;

public sealed class ChannelOrderTests
{
    [Fact]
    public void The_reversed_network_says_of_the_reversed_picture_what_the_other_says_of_the_picture()
    {
        Network network = Two(), reversed = ChannelOrder.Reverse(network);
        float[] picture = RandomValues.Uniform(6 * 5 * 3, seed: 2), turned = [.. picture];
        for (int i = 0; i < turned.Length; i += 3) (turned[i], turned[i + 2]) = (turned[i + 2], turned[i]);
        float[] expected = Run(network, picture), actual = Run(reversed, turned);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
        Assert.NotEqual(expected, Run(reversed, picture));
    }

    [Fact]
    public void Twice_reversed_it_is_as_it_was_and_the_first_is_not_touched()
    {
        Network network = Two();
        float[] before = TinyData.Weights(network);
        Network reversed = ChannelOrder.Reverse(network);
        Assert.Equal(before, TinyData.Weights(network));
        Assert.NotEqual(before, TinyData.Weights(reversed));
        Assert.Equal(before, TinyData.Weights(ChannelOrder.Reverse(reversed)));
    }

    [Fact]
    public void Another_layer_that_reads_the_picture_is_refused_by_name()
    {
        var builder = new NetworkBuilder(new Shape(4, 4, 3));
        builder.Add("first", new ReLU());
        builder.Add("mean", new GlobalAveragePool());
        var e = Assert.Throws<ArgumentException>(() => ChannelOrder.Reverse(builder.Build()));
        Assert.Contains("'first'", e.Message, StringComparison.Ordinal);
    }

    // Two branches read the picture, one of them behind a border.
    private static Network Two()
    {
        var builder = new NetworkBuilder(new Shape(6, 5, 3));
        int border = builder.Add("border", new Pad((2, 1, 1, 0)), Network.Input),
            a = builder.Add("a", new Conv2D(3, 4, kernel: 3), border),
            b = builder.Add("b", new Conv2D(3, 2, kernel: 1, bias: false), Network.Input);
        a = builder.Add("a.mean", new GlobalAveragePool(), a);
        b = builder.Add("b.mean", new GlobalAveragePool(), b);
        builder.Add("join", new Concat(), a, b);
        Network network = builder.Build();
        network.Initialise(seed: 1);
        return network;
    }

    private static float[] Run(Network network, float[] picture)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), 1, team);
        picture.CopyTo(session.Input.Span);
        session.Run();
        return session.Logits.Span.ToArray();
    }
}
