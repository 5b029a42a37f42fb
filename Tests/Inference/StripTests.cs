using EmotionMLNet.Architectures;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Inference;

/// <summary>Chains of steps that run a few rows at a time give what the steps give one after the other.</summary>
public sealed class StripTests
{
    [Theory]
    [InlineData("mobilenet-v2", 160)]
    [InlineData("mobilenet-v2", 97)]
    [InlineData("resnet18", 130)]
    [InlineData("resnet50", 96)]
    [InlineData("vgg16", 96)]
    [InlineData("efficientnet-b0", 96)]
    [InlineData("happy-sad-cnn", 256)]
    public void Published_networks_give_the_same_bits_in_strips(string name, int side)
    {
        Network network = Catalogue
            .Find(name)!
            .Build(new ArchitectureOptions { Input = new Shape(side, side, 3), Classes = name == "happy-sad-cnn" ? 2 : 7 });
        network.Initialise(seed: 1);
        AssertSameBits(network, batch: 3, threads: 2);
        AssertSameBits(network, batch: 1, threads: 3);
    }

    [Fact]
    public void Some_networks_are_run_in_strips()
    {
        Network network = Catalogue.Find("mobilenet-v2")!.Build(new ArchitectureOptions { Input = new Shape(224, 224, 3), Classes = 7 });
        network.Initialise(seed: 1);
        InferencePlan plan = InferencePlan.Compile(network);
        Assert.True(plan.Steps.OfType<StripStep>().Count() >= 3);
        Assert.True(plan.Steps.Count < InferencePlan.Compile(network, strips: false).Steps.Count - 8);
        Assert.Equal(InferencePlan.Compile(network, strips: false).Steps.Sum(s => s.MultiplyAdds), plan.Steps.Sum(s => s.MultiplyAdds));
    }

    // Chains of random windows, with a sum over what came one or two steps before; small, since this runs without vectors too.
    [Fact, Trait("Category", "Kernels")]
    public void Random_chains_give_the_same_bits_in_strips()
    {
        int inStrips = 0;
        for (int seed = 0; seed < 16; seed++)
        {
            var random = new Random(seed);
            Network network = RandomChain(random, seed);
            inStrips += InferencePlan.Compile(network).Steps.OfType<StripStep>().Count();
            AssertSameBits(network, batch: random.Next(1, 3), threads: random.Next(1, 5));
        }
        Assert.True(inStrips > 16, $"only {inStrips} strips: the test shows little");
    }

    private static Network RandomChain(Random random, int seed)
    {
        int channels = 8 * random.Next(1, 4);
        var net = new NetworkBuilder(new Shape(random.Next(40, 80), random.Next(40, 80), channels));
        for (int i = 0; i < 7; i++)
        {
            int kernel = random.Next(0, 3) * 2 + 1, stride = random.Next(0, 4) == 0 ? 2 : 1, padding = random.Next(0, kernel);
            int filters = 8 * random.Next(1, 5);
            switch (random.Next(5))
            {
                case 0:
                    net.Add($"depthwise{i}", new Conv2D(channels, channels, kernel, stride, padding, groups: channels));
                    break;
                case 1:
                    net.Add($"pool{i}", new MaxPool(2, random.Next(1, 3), random.Next(0, 2)));
                    break;
                case 2:
                    net.Add($"winograd{i}", new Conv2D(channels, filters = 16 * random.Next(1, 3), kernel: 3, padding: 1));
                    channels = filters;
                    break;
                default:
                    net.Add($"conv{i}", new Conv2D(channels, filters, kernel, stride, padding));
                    channels = filters;
                    break;
            }
            if (random.Next(2) == 0) net.Add($"relu{i}", new ReLU());
            if (random.Next(3) != 0) continue;
            int from = net.Count - 1;
            net.Add($"branch{i}", new Conv2D(channels, channels, kernel: 3, padding: 1, groups: random.Next(2) == 0 ? channels : 1));
            net.Add($"sum{i}", new Add(), net.Count - 1, from);
        }
        net.Add("average", new GlobalAveragePool());
        net.Add("classifier", new Linear(channels, 3));
        Network network = net.Build();
        network.Initialise(seed);
        return network;
    }

    private static void AssertSameBits(Network network, int batch, int threads)
    {
        float[] expected = Logits(InferencePlan.Compile(network, strips: false), batch, 1),
            actual = Logits(InferencePlan.Compile(network), batch, threads);
        Assert.Equal(expected, actual);
        Assert.Contains(expected, v => v != 0);
    }

    private static float[] Logits(InferencePlan plan, int batch, int threads)
    {
        using var team = new ThreadTeam(threads);
        var session = new InferenceSession(plan, batch, team);
        var random = new Random(2);
        foreach (ref float v in session.Input.Span) v = random.NextSingle() - 0.5f;
        session.Run();
        session.Run(); // on memory that a run has left behind
        return session.Logits.Span.ToArray();
    }
}
