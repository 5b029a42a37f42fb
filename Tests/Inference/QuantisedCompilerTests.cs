using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Inference;

public sealed class QuantisedCompilerTests
{
    public static TheoryData<string> Names => [.. SampleNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_network_runs_in_bytes_with_scores_near_those_of_floats(string name) => Compare(SampleNetworks.Make(name), 0.04f);

    [Fact]
    public void A_residual_network_runs_in_integers_with_scores_near_those_of_floats()
    {
        Network network = Residual();
        InferencePlan plan = Compare(network, 0.03f);
        string[] steps = [.. plan.Steps.Select(s => s.ToString()!)];
        Assert.Contains(
            steps,
            s => s.StartsWith("int8 Winograd F(4x4", StringComparison.Ordinal) && s.Contains("residual", StringComparison.Ordinal)
        );
        Assert.Contains(steps, s => s.StartsWith("int8 product", StringComparison.Ordinal));
        Assert.Contains(steps, s => s.StartsWith("int8 MaxPool", StringComparison.Ordinal));
        Assert.Equal(InferencePlan.Compile(network, strips: false).Steps.Sum(s => s.MultiplyAdds), plan.Steps.Sum(s => s.MultiplyAdds));
    }

    [Fact]
    public void An_image_has_the_same_scores_whatever_stands_beside_it_and_at_any_thread_count()
    {
        using var two = new ThreadTeam(2);
        using var three = new ThreadTeam(3);
        Network network = Residual();
        InferencePlan plan = QuantisedCompiler.Compile(network, Ranges(network, two));
        InferenceSession many = new(plan, 7, two), single = new(plan, 1, three);
        SampleNetworks.Fill(many.Input, seed: 2);
        many.Run();
        for (int n = 0; n < 7; n++)
        {
            many.Input.Image(n).CopyTo(single.Input.Span);
            single.Run();
            Assert.Equal(many.Logits.Image(n).ToArray(), single.Logits.Span.ToArray());
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        Network network = Residual();
        var session = new InferenceSession(QuantisedCompiler.Compile(network, Ranges(network, team)), 3, team);
        for (int i = 0; i < 3; i++) session.Run();
        Assert.Equal(0, SteadyAllocation.Of(session.Run));
    }

    [Fact]
    public void Ranges_hold_every_value_and_fit_their_network_only()
    {
        using var team = new ThreadTeam(1);
        Network network = Residual();
        ActivationRanges ranges = Ranges(network, team);
        Assert.Equal(20, ranges.Images);
        Assert.InRange(ranges.Least[0], -1, -0.99f);
        Assert.InRange(ranges.Largest[0], 0.99f, 1);
        Assert.True(ranges.Fit(network));
        Assert.False(ranges.Fit(SampleNetworks.Make("plain")));
        Assert.False((ranges with { Largest = [.. ranges.Largest.Select(_ => float.NaN)] }).Fit(network));
    }

    private static InferencePlan Compare(Network network, float tolerance)
    {
        using var team = new ThreadTeam(2);
        InferencePlan floats = InferencePlan.Compile(network, strips: false),
            bytes = QuantisedCompiler.Compile(network, Ranges(network, team));
        Assert.Equal(floats.Steps.Count, bytes.Steps.Count);
        InferenceSession expected = new(floats, 5, team), actual = new(bytes, 5, team);
        foreach (InferenceSession session in new[] { expected, actual })
        {
            session.Input.Batch = 4;
            SampleNetworks.Fill(session.Input, seed: 9);
            session.Run();
        }
        for (int i = 0; i < expected.Probabilities.Span.Length; i++)
            Assert.Equal(expected.Probabilities.Span[i], actual.Probabilities.Span[i], tolerance);
        return bytes;
    }

    private static ActivationRanges Ranges(Network network, ThreadTeam team)
    {
        var images = new Tensor(20, network.InputShape);
        SampleNetworks.Fill(images, seed: 9);
        return Calibration.Measure(network, 20, (n, image) => images.Image(n).CopyTo(image), team);
    }

    private static Network Residual()
    {
        var net = new NetworkBuilder(new Shape(17, 14, 3));
        net.Add("stem", new Conv2D(3, 32, kernel: 3, padding: 1));
        int stem = net.Add("stem.relu", new ReLU());
        net.Add("a", new Conv2D(32, 32, kernel: 3, padding: 1));
        net.Add("a.relu", new ReLU());
        int main = net.Add("b", new Conv2D(32, 32, kernel: 3, padding: 1));
        net.Add("sum", new Add(), main, stem);
        int sum = net.Add("sum.relu", new ReLU());
        int side = net.Add("short", new Conv2D(32, 64, kernel: 1, stride: 2), sum);
        net.Add("c", new Conv2D(32, 16, kernel: 1), sum);
        net.Add("c.relu6", new ReLU6());
        main = net.Add("d", new Conv2D(16, 64, kernel: 3, stride: 2, padding: 1));
        net.Add("sum2", new Add(), main, side);
        net.Add("pool", new MaxPool(3, 2, 1));
        net.Add("mean", new GlobalAveragePool());
        net.Add("classifier", new Linear(64, 5));
        Network network = net.Build();
        network.Initialise(seed: 4);
        return network;
    }
}
