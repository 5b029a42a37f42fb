using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Comparison;

namespace EmotionMLNet.Tests.Comparison;

public sealed class GradCamTests
{
    [Fact]
    public void With_global_average_pooling_the_weights_are_those_of_the_linear_layer()
    {
        using var team = new ThreadTeam(1);
        Network network = Pooled(dropout: true);
        GradCam cam = GradCam.For(network, team)!;
        Assert.Equal((6, 6), (cam.Height, cam.Width));
        float[] x = RandomInput(network.InputShape, 3);
        for (int label = 0; label < 3; label++)
        {
            float[] heat = cam.HeatMap(x, label);
            var linear = (Linear)network.Nodes[^1].Layer;
            Assert.All(
                cam.Alpha.Select((alpha, k) => (alpha, Expected: linear.Weight.Values[label * 5 + k] / 36)),
                e => Assert.Equal(e.Expected, e.alpha, 6)
            );
            Assert.True(heat.All(h => h is >= 0 and <= 1));
            Assert.True(heat.Max() is 0 or 1);
        }
    }

    [Fact]
    public void Alpha_is_the_mean_gradient_by_finite_differences_behind_batch_norm_and_a_dense_head()
    {
        using var team = new ThreadTeam(1);
        Network network = Dense();
        GradCam cam = GradCam.For(network, team)!;
        float[] x = RandomInput(network.InputShape, 4);
        cam.HeatMap(x, label: 2);
        float[] alpha = cam.Alpha;

        // Adding e to every cell of map k changes the score by e · Z · α_k; map k is moved by the bias of the convolution that makes it.
        var conv = (Conv2D)network.Nodes[0].Layer;
        const float e = 1e-3f;
        for (int k = 0; k < alpha.Length; k++)
        {
            double change = (Score(network, x, 2, () => conv.Bias!.Values[k] += e, () => conv.Bias!.Values[k] -= e, team)
                - Score(network, x, 2, () => conv.Bias!.Values[k] -= e, () => conv.Bias!.Values[k] += e, team)) / (2 * e);
            Assert.Equal(change, alpha[k] * 36, 2e-3);
        }
    }

    [Fact]
    public void A_sigmoid_head_speaks_for_the_first_class_with_the_opposite_sign()
    {
        using var team = new ThreadTeam(1);
        var builder = new NetworkBuilder(new Shape(6, 6, 1));
        builder.Add("conv", new Conv2D(1, 5, kernel: 3, padding: 1));
        builder.Add("pool", new GlobalAveragePool());
        builder.Add("head", new Linear(5, 1));
        Network network = builder.Build(OutputHead.Sigmoid);
        network.Initialise(1);
        GradCam cam = GradCam.For(network, team)!;
        float[] x = RandomInput(network.InputShape, 5);
        cam.HeatMap(x, 0);
        float[] first = cam.Alpha;
        cam.HeatMap(x, 1);
        Assert.Equal(first.Select(a => -a), cam.Alpha);
    }

    [Fact]
    public void The_map_in_front_of_the_last_pooling_is_taken_and_a_network_without_maps_has_none()
    {
        Network pooled = Dense();
        Assert.Equal("conv", pooled.Nodes[GradCam.LastMap(pooled)!.Value].Name);
        var builder = new NetworkBuilder(Shape.Vector(4));
        builder.Add("a", new Linear(4, 3));
        builder.Add("b", new Linear(3, 2));
        Assert.Null(GradCam.LastMap(builder.Build()));
    }

    [Fact]
    public void Every_network_of_the_catalogue_has_a_map()
        => Assert.All(EmotionMLNet.Architectures.Catalogue.All, a => Assert.NotNull(GradCam.LastMap(a.Build(new()
        {
            Input = new Shape(a.Preprocessing.Height, a.Preprocessing.Width, a.Preprocessing.Channels),
            Classes = 7,
        }))));

    private static Network Pooled(bool dropout)
    {
        var builder = new NetworkBuilder(new Shape(6, 6, 2));
        builder.Add("conv", new Conv2D(2, 5, kernel: 3, padding: 1));
        builder.Add("relu", new ReLU());
        builder.Add("pool", new GlobalAveragePool());
        if (dropout) builder.Add("dropout", new Dropout(0.5f));
        builder.Add("head", new Linear(5, 3));
        Network network = builder.Build();
        network.Initialise(1);
        return network;
    }

    private static Network Dense()
    {
        var builder = new NetworkBuilder(new Shape(6, 6, 2));
        builder.Add("conv", new Conv2D(2, 5, kernel: 3, padding: 1));
        builder.Add("average", new AveragePool(2));
        builder.Add("flatten", new Flatten());
        builder.Add("dense", new Linear(45, 8));
        builder.Add("norm", new BatchNorm(8));
        builder.Add("silu", new SiLU()); // smooth, for finite differences
        builder.Add("head", new Linear(8, 3));
        Network network = builder.Build();
        network.Initialise(2);
        var random = new Random(9);
        foreach (Linear linear in network.Nodes.Select(n => n.Layer).OfType<Linear>())
            for (int i = 0; i < linear.Weight.Length; i++) linear.Weight.Values[i] = random.NextSingle() - 0.5f;
        return network;
    }

    private static double Score(Network network, float[] x, int label, Action before, Action after, ThreadTeam team)
    {
        before();
        var session = new InferenceSession(InferencePlan.Compile(network), 1, team);
        x.CopyTo(session.Input.Image(0));
        session.Run();
        after();
        return session.Logits.Span[label];
    }

    private static float[] RandomInput(Shape shape, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, shape.Length).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
