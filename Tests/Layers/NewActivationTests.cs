using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Layers;

/// <summary>
/// An activation that the product has never heard of, written here as one function and one layer: plans in floats and in bytes and training
/// steps must fuse it, and compute what <see cref="Clip"/>, the same function as a layer of its own, computes.
/// </summary>
public sealed class NewActivationTests
{
    private const int Batch = 3;

    [Fact]
    public void A_plan_fuses_it_into_the_convolution_and_gives_the_bits_of_the_layer_alone()
    {
        Network fused = Make(new Ramp()), alone = Make(new Clip(-1, 2));
        Assert.Contains(InferencePlan.Compile(fused).Steps, s => s.ToString()!.EndsWith("+ Ramp", StringComparison.Ordinal));
        Assert.Equal(Logits(InferencePlan.Compile(alone)), Logits(InferencePlan.Compile(fused)));
    }

    [Fact]
    public void Bytes_are_cut_off_at_its_limits()
    {
        Network fused = Make(new Ramp());
        using var team = new ThreadTeam(1);
        ActivationRanges ranges = Calibration.Measure(fused, Batch, (n, x) => Picture(n).CopyTo(x), team);
        float[] exact = Logits(InferencePlan.Compile(fused)), quantised = Logits(QuantisedCompiler.Compile(fused, ranges));
        Assert.All(exact.Zip(quantised), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
        Assert.Contains(exact, v => v > 1.9f); // so that the limits are reached
        Assert.Contains(exact, v => v < -0.9f);
    }

    [Fact]
    public void A_training_step_fuses_it_behind_batch_norm_and_gives_the_same_gradients()
    {
        Network fused = Make(new Ramp()), alone = Make(new Clip(-1, 2));
        Assert.Equal(2, FusedGroup.Partition(fused)[1].Last);
        Assert.Equal(Gradients(alone), Gradients(fused));
    }

    private static Network Make(Layer activation)
    {
        var net = new NetworkBuilder(new Shape(6, 5, 3));
        net.Add("conv", new Conv2D(3, 16, kernel: 3, padding: 1, bias: false));
        net.Add("norm", new BatchNorm(16));
        net.Add("activation", activation);
        net.Add("flatten", new Flatten());
        Network network = net.Build();
        network.Initialise(seed: 1);
        foreach ((string name, Parameter p) in network.Parameters)
            if (name is "norm.weight" or "norm.bias") RandomValues.Uniform(p.Length, 5, 3).CopyTo(p.Values, 0);
        return network;
    }

    private static float[] Picture(int n) => RandomValues.Uniform(6 * 5 * 3, 10 + n, 2);

    private static float[] Logits(InferencePlan plan)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(plan, Batch, team);
        for (int n = 0; n < Batch; n++) Picture(n).CopyTo(session.Input.Image(n));
        session.Run();
        return session.Logits.Span.ToArray();
    }

    private static float[] Gradients(Network network)
    {
        using var team = new ThreadTeam(1);
        var plan = new TrainingPlan(network, Batch, team);
        for (int n = 0; n < Batch; n++) Picture(n).CopyTo(plan.Input.Image(n));
        plan.Forward(seed: 1);
        float[] logits = plan.Logits.Span.ToArray();
        RandomValues.Uniform(logits.Length, 7, 1).CopyTo(plan.LogitsGradient.Span);
        plan.Backward();
        return [.. logits, .. network.Parameters.Where(p => p.Parameter.Trainable).SelectMany(p => p.Parameter.Gradient!)];
    }

    private sealed class Ramp : UnaryLayer
    {
        public Ramp()
            : base(new ScalarFunction<Function>(), Activation.Of<Function>()) { }

        private readonly struct Function : IActivation
        {
            public static float Low => -1;

            public static float High => 2;

            public L Apply<L>(L x) where L : struct, ILanes<L> => L.MinNative(L.Broadcast(2), L.MaxNative(L.Broadcast(-1), x));

            public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
                => L.Select(y, L.Broadcast(-1), L.Select(L.Broadcast(2), y, dy, L.Broadcast(0)), L.Broadcast(0));
        }
    }
}
