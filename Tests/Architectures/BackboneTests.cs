using EmotionMLNet.Architectures;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Architectures;

/// <summary>Our backbones against torchvision's: names, shapes, counts, scores.</summary>
public sealed class BackboneTests(BackboneTests.Export export) : IClassFixture<BackboneTests.Export>
{
    [PyTorchTheory]
    [InlineData("resnet18", 96, 7, 1)]
    [InlineData("resnet18-odd-size", 77, 5, 1)]
    [InlineData("resnet50", 96, 7, 1)]
    [InlineData("mobilenet-v2", 96, 7, 1)]
    [InlineData("mobilenet-v2-half", 96, 7, 0.5f)]
    [InlineData("mobilenet-v3-small", 96, 7, 1)]
    [InlineData("efficientnet-b0", 96, 7, 1)]
    [InlineData("vgg16", 96, 7, 1)]
    public void Weights_of_torchvision_fit_by_name_and_give_its_scores(string name, int side, int classes, float multiplier)
    {
        var exported = new ExportedCase(Path.Combine(export.FullName, name));
        string catalogue = Catalogue.All.Select(a => a.Name).Last(n => name.StartsWith(n, StringComparison.Ordinal));
        Network network = Build(catalogue, new Shape(side, side, 3), classes, multiplier);
        Dictionary<string, OnnxTensor> weights = OnnxGraph.Parse(exported.Model).Initialisers;
        foreach ((string parameter, Parameter p) in network.Parameters)
        {
            Assert.True(weights.TryGetValue(parameter, out OnnxTensor? tensor), $"torchvision has no {parameter}");
            Assert.Equal(p.Dimensions.Select(d => (long)d), tensor.Dimensions);
            tensor.Floats().CopyTo(p.Values, 0);
        }
        Assert.Equal(
            network.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal),
            weights
                .Keys.Where(k => k.Contains('.', StringComparison.Ordinal) && !k.StartsWith("onnx::", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        exported.AssertScores(network);
    }

    // Counts as torchvision's documentation gives them, for 1000 classes.
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("mobilenet-v2", 3_504_872)]
    [InlineData("mobilenet-v3-small", 2_542_856)]
    [InlineData("vgg16", 138_365_992)]
    [InlineData("efficientnet-b0", 5_288_548)]
    public void Parameters_are_as_many_as_published(string name, long expected)
        => Assert.Equal(expected, Build(name, new Shape(224, 224, 3), 1000).ParameterCount);

    // Multiply-adds at 224 pixels, in millions, as torchvision's documentation gives them (rounded there to two decimals of a billion).
    [Theory]
    [InlineData("resnet18", 1814, 10)]
    [InlineData("resnet50", 4089, 20)]
    [InlineData("mobilenet-v2", 301, 5)]
    [InlineData("mobilenet-v3-small", 57, 3)]
    [InlineData("efficientnet-b0", 386, 10)]
    [InlineData("vgg16", 15470, 20)]
    public void Multiply_adds_are_as_many_as_published(string name, double expected, double tolerance)
        => Assert.Equal(expected, Build(name, new Shape(224, 224, 3), 1000).MultiplyAdds / 1e6, tolerance);

    [Fact]
    public void Building_the_largest_network_allocates_little_but_its_parameters()
    {
        Build("vgg16", new Shape(64, 64, 3), 7, multiplier: 0.25f); // warm
        long before = GC.GetAllocatedBytesForCurrentThread();
        Network network = Build("vgg16", new Shape(224, 224, 3), 7);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 1.0 * sizeof(float) * network.ParameterCount, 1.01 * sizeof(float) * network.ParameterCount);
    }

    public static TheoryData<string, int, int> Sizes()
    {
        var data = new TheoryData<string, int, int>();
        foreach (string name in new[] { "resnet18", "resnet50", "mobilenet-v2", "mobilenet-v3-small", "vgg16", "efficientnet-b0" })
            foreach ((int side, int channels) in new[] { (48, 1), (64, 3), (100, 1) }) data.Add(name, side, channels);
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Small_grey_and_odd_inputs_train_a_step(string name, int side, int channels)
    {
        Network network = Build(name, new Shape(side, side, channels), 3, multiplier: 0.25f);
        network.Initialise(seed: 1);
        using var team = new ThreadTeam(1);
        var plan = new TrainingPlan(network, batch: 4, team);
        SampleNetworks.Fill(plan.Input, seed: 2);
        double before = Loss(plan);
        plan.Backward();
        var parameters = network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable).ToArray();
        double square = parameters.Sum(p => p.Gradient!.Sum(g => (double)g * g));
        Assert.True(square > 0 && double.IsFinite(square));
        foreach (Parameter p in parameters)
            for (int i = 0; i < p.Length; i++) p.Values[i] -= (float)(0.02 * before / square * p.Gradient![i]);
        Assert.True(Loss(plan) < before);
        // The stem halves once less at up to 64 pixels, so that something is left to look at.
        int map = network.Nodes.Select((n, i) => (n.Name, network.InputShapes(i)[0])).First(n => n.Name is "avgpool").Item2.Height;
        Assert.Equal(name == "vgg16" ? side / 32 : (int)Math.Ceiling(side / (side <= 64 ? 16.0 : 32)), map);
    }

    private static Network Build(string name, Shape input, int classes, float multiplier = 1)
        => Catalogue.Find(name)!.Build(new ArchitectureOptions { Input = input, Classes = classes, WidthMultiplier = multiplier });

    private static double Loss(TrainingPlan plan)
    {
        plan.Forward(seed: 1);
        double loss = 0;
        for (int n = 0; n < 4; n++)
        {
            double[] e = [.. plan.Logits.Image(n).ToArray().Select(z => Math.Exp(z))];
            loss -= Math.Log(e[n % 3] / e.Sum()) / 4;
            for (int c = 0; c < 3; c++) plan.LogitsGradient.Image(n)[c] = (float)((e[c] / e.Sum() - (c == n % 3 ? 1 : 0)) / 4);
        }
        return loss;
    }

    public sealed class Export() : PyTorchExport("Architectures/backbones-export.py");
}
