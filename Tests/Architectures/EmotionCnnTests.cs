using EmotionMLNet.Architectures;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Architectures;

/// <summary>The variants of our own network against the same written in PyTorch, and through every way that a network goes.</summary>
public sealed class EmotionCnnTests(EmotionCnnTests.Export export) : IClassFixture<EmotionCnnTests.Export>
{
    private static readonly Dictionary<string, (int[] Widths, BlockOptions Blocks)> Cases = new()
    {
        ["plain"] = ([8, 12, 16], new()),
        ["plain-se"] = ([8, 12, 16], new() { Depths = [2, 1, 2], SqueezeReduction = 4 }),
        ["residual"] = ([8, 12, 12], new() { Kind = BlockKind.Residual }),
        ["residual-depth"] = (
            [8, 12, 16],
            new()
            {
                Kind = BlockKind.Residual,
                Depths = [4, 3, 1],
                StochasticDepth = 0.2f,
            }
        ),
        ["residual-se"] = (
            [8, 12, 16],
            new()
            {
                Kind = BlockKind.Residual,
                Depths = [3, 2, 4],
                SqueezeReduction = 2,
                StochasticDepth = 0.3f,
            }
        ),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void Weights_of_PyTorchs_network_fit_by_name_and_give_its_scores(string name)
    {
        var exported = new ExportedCase(Path.Combine(export.FullName, name));
        Network network = Build(name);
        Dictionary<string, OnnxTensor> weights = OnnxGraph.Parse(exported.Model).Initialisers;
        foreach ((string parameter, Parameter p) in network.Parameters)
        {
            Assert.True(weights.TryGetValue(parameter, out OnnxTensor? tensor), $"PyTorch has no {parameter}");
            Assert.Equal(p.Dimensions.Select(d => (long)d), tensor.Dimensions);
            tensor.Floats().CopyTo(p.Values, 0);
        }
        Assert.Equal(
            network.Parameters.Count(),
            weights.Keys.Count(k => k.StartsWith("stage", StringComparison.Ordinal) || k.StartsWith("classifier", StringComparison.Ordinal))
        );
        exported.AssertScores(network);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Predicts_alike_in_strips_step_by_step_and_after_a_round_trip_through_ONNX(string name)
    {
        Network network = Build(name);
        network.Initialise(seed: 3);
        OnnxRoundTripTests.AssertComesBack(network, OnnxRoundTripTests.Preprocessing(network));
        using var team = new ThreadTeam(2);
        float[] strips = Logits(InferencePlan.Compile(network)), steps = Logits(InferencePlan.Compile(network, strips: false));
        Assert.Equal(steps, strips);

        float[] Logits(InferencePlan plan)
        {
            Assert.DoesNotContain(plan.Steps, s => s.ToString()!.Contains("StochasticDepth", StringComparison.Ordinal));
            var session = new InferenceSession(plan, batch: 3, team);
            SampleNetworks.Fill(session.Input, seed: 1);
            session.Run();
            return session.Logits.Span.ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_step_allocates_nothing_and_lowers_the_loss(string name)
    {
        using var team = new ThreadTeam(2);
        Network network = Build(name);
        network.Initialise(seed: 3);
        var plan = new TrainingPlan(network, batch: 6, team);
        SampleNetworks.Fill(plan.Input, seed: 2);
        double before = Loss();
        for (int i = 0; i < 2; i++) Pass();
        Assert.Equal(0, SteadyAllocation.Of(Pass));

        double square = network.Parameters.Where(p => p.Parameter.Trainable).Sum(p => p.Parameter.Gradient!.Sum(g => (double)g * g));
        Assert.True(square > 0);
        foreach ((_, Parameter p) in network.Parameters.Where(p => p.Parameter.Trainable))
            for (int i = 0; i < p.Length; i++) p.Values[i] -= (float)(1e-3 / Math.Sqrt(square) * p.Gradient![i]);
        Assert.InRange(Loss(), before - 1.5e-3 * Math.Sqrt(square), before - 0.5e-3 * Math.Sqrt(square)); // dL = -|g|² · step / |g|

        void Pass()
        {
            plan.Forward(seed: 5);
            for (int i = 0; i < plan.LogitsGradient.Span.Length; i++) plan.LogitsGradient.Span[i] = i % 3 - 1;
            plan.Backward();
        }

        double Loss()
        {
            plan.Forward(seed: 5);
            double loss = 0;
            for (int i = 0; i < plan.Logits.Span.Length; i++) loss += (i % 3 - 1) * (double)plan.Logits.Span[i];
            return loss;
        }
    }

    [Fact]
    public void Stochastic_depth_rises_linearly_to_its_rate_at_the_last_block()
    {
        Assert.Equal([0.1f, 0.2f, 0.3f], Rates("emotion-cnn", new() { Kind = BlockKind.Residual, StochasticDepth = 0.3f }), Close);
        Assert.Equal(Enumerable.Range(1, 8).Select(i => 0.4f * i / 8), Rates("resnet18", new() { StochasticDepth = 0.4f }), Close);
        Assert.Equal(16, Rates("resnet50", new() { StochasticDepth = 0.4f }).Length);
        Assert.Equal(10, Rates("mobilenet-v2", new() { StochasticDepth = 0.4f }).Length); // of 17 blocks those with a shortcut
        Assert.Equal(6, Rates("mobilenet-v3-small", new() { StochasticDepth = 0.4f }).Length);
        Assert.Empty(Rates("resnet18", new()));
    }

    // torchvision 0.14: [m.p for m in efficientnet_b0().modules() if isinstance(m, StochasticDepth)], those of blocks with a shortcut.
    [Fact]
    public void EfficientNet_drops_as_torchvisions_does() =>
        Assert.Equal(
            [0.025f, 0.05f, 0.075f, 0.0875f, 0.1125f, 0.125f, 0.15f, 0.1625f, 0.175f],
            [.. Rates("efficientnet-b0", new()).Where(r => r > 0)],
            Close
        );

    [Theory]
    [InlineData("resnet18", "blocks", "residual")]
    [InlineData("resnet18", "squeezeReduction", "8")]
    [InlineData("vgg16", "depths", "2,2")]
    [InlineData("happy-sad-cnn", "stochasticDepth", "0.1")]
    [InlineData("emotion-cnn", "stochasticDepth", "0.1")]
    [InlineData("emotion-cnn", "depths", "2,2")]
    public void What_an_architecture_does_not_offer_is_refused_in_one_line(string architecture, string property, string value)
    {
        BlockOptions blocks = property switch
        {
            "blocks" => new() { Kind = BlockKind.Residual },
            "squeezeReduction" => new() { SqueezeReduction = 8 },
            "depths" => new() { Depths = [2, 2] },
            _ => new() { StochasticDepth = 0.1f },
        };
        string start = $"{property} is {value}: ";
        Architecture a = Catalogue.Find(architecture)!;
        Assert.Equal((property, value), Assert.Single(blocks.FindProblems(a, a.Widths.Count).Select(p => (p.Name, p.Value))));
        Assert.StartsWith(start, Assert.Throws<ArgumentException>(() => Build(a, [], blocks)).Message, StringComparison.Ordinal);
    }

    private static bool Close(float a, float b) => MathF.Abs(a - b) < 1e-6f;

    private static float[] Rates(string architecture, BlockOptions blocks)
        => [.. Build(Catalogue.Find(architecture)!, [], blocks).Nodes.Select(n => n.Layer).OfType<StochasticDepth>().Select(l => l.Rate)];

    private static Network Build(string name) => Catalogue.Find("emotion-cnn")!.Build(new ArchitectureOptions
    {
        Input = new Shape(26, 26, 1),
        Classes = 5,
        Widths = Cases[name].Widths,
        Blocks = Cases[name].Blocks,
    });

    private static Network Build(Architecture architecture, int[] widths, BlockOptions blocks) => architecture.Build(new ArchitectureOptions
    {
        Input = new Shape(64, 64, 1),
        Classes = 5,
        Widths = widths,
        Blocks = blocks,
    });

    public sealed class Export() : PyTorchExport("Architectures/emotion-cnn-export.py");
}
