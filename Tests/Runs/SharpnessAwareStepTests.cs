using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class SharpnessAwareStepTests
{
    [Fact]
    public void A_climb_goes_as_far_as_was_said_along_the_gradient_on_any_number_of_threads_and_the_way_back_is_exact()
    {
        float[] one = Climb(1), three = Climb(3);
        Assert.Equal(one, three);
    }

    [Fact]
    public void Running_statistics_are_those_of_one_pass_and_the_weights_learn_otherwise()
    {
        using TrainingRun plain = TinyData.Run(TinyData.Options),
            sharp = TinyData.Run(TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Sharpness = 0.5f } });
        Assert.Equal(plain.Step(0, 0), sharp.Step(0, 0));
        foreach (((string name, Parameter without), (_, Parameter with)) in plain.Network.Parameters.Zip(sharp.Network.Parameters))
        {
            if (!without.Trainable) Assert.Equal(without.Values, with.Values);
            else Assert.True(without.Values.Zip(with.Values).Any(v => v.First != v.Second), $"{name} learns as without");
        }
    }

    private static float[] Climb(int threads)
    {
        using var team = new ThreadTeam(threads);
        var builder = new NetworkBuilder(Shape.Vector(97));
        builder.Add("first", new Linear(97, 111));
        builder.Add("frozen", new Linear(111, 5));
        Network network = builder.Build();
        network.Initialise(3);
        var random = new Random(7);
        Parameter[] parameters = [.. network.Parameters.Select(p => p.Parameter)];
        foreach (Parameter p in parameters) p.Gradient = [.. p.Values.Select(_ => random.NextSingle() - 0.5f)];
        foreach (Parameter p in parameters[2..]) p.LearningRateFactor = 0;
        float[] before = TinyData.Weights(network);
        double norm = Math.Sqrt(parameters[..2].SelectMany(p => p.Gradient!).Sum(g => (double)g * g));
        Assert.Equal(norm, new GradientNorm(parameters, team).Compute(), 1e-9 * norm);

        var step = new SharpnessAwareStep(network, 0.25f, team);
        step.Climb();
        float[] there = TinyData.Weights(network);
        int i = 0;
        foreach (Parameter p in parameters)
        {
            foreach (float g in p.Gradient!)
            {
                Assert.Equal(before[i] + (p.Learns ? 0.25 * g / norm : 0), there[i], 1e-6);
                i++;
            }
        }
        step.Return();
        Assert.Equal(before, TinyData.Weights(network));
        return there;
    }
}
