using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Networks;

/// <summary>The whole graph at once: shared memory, fused steps and summed gradients must not change a derivative.</summary>
public sealed class TrainingPlanTests
{
    public static TheoryData<string> Names => [.. SampleNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_central_differences_of_the_whole_network(string name)
    {
        using var team = new ThreadTeam(2);
        Network network = SampleNetworks.Make(name);
        var plan = new TrainingPlan(network, batch: 4, team);
        SampleNetworks.Fill(plan.Input, seed: 3);
        float[] cotangent = Cotangent(plan.Logits.Span.Length);

        Loss(plan, cotangent);
        cotangent.CopyTo(plan.LogitsGradient.Span);
        plan.Backward();

        foreach ((string parameter, Parameter p) in network.Parameters.Where(e => e.Parameter.Trainable))
        {
            float[] gradient = [.. p.Gradient!];
            double scale = gradient.Max(MathF.Abs) + 1e-3;
            foreach (int i in new[] { 0, p.Length / 3, p.Length - 1 }.Distinct())
            {
                float value = p.Values[i];
                const float step = 5e-4f;
                p.Values[i] = value + step;
                double high = Loss(plan, cotangent);
                p.Values[i] = value - step;
                double low = Loss(plan, cotangent);
                p.Values[i] = value;
                double difference = (high - low) / (2 * step);
                Assert.True(
                    Math.Abs(difference - gradient[i]) < 0.02 * scale + 2e-3,
                    $"{name} d{parameter}[{i}]: Backward {gradient[i]}, finite difference {difference}."
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_step_twice_gives_the_same_bits(string name)
    {
        using var team = new ThreadTeam(2);
        Network network = SampleNetworks.Make(name, dropout: 0.4f);
        var plan = new TrainingPlan(network, batch: 5, team);
        float[] first = Step(), second = Step();
        Assert.Equal(first, second);

        float[] Step()
        {
            SampleNetworks.Fill(plan.Input, seed: 3);
            plan.Forward(seed: 11);
            Cotangent(plan.Logits.Span.Length).CopyTo(plan.LogitsGradient.Span);
            plan.Backward();
            return [.. network.Parameters.Where(e => e.Parameter.Trainable).SelectMany(e => e.Parameter.Gradient!)];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_short_batch_in_a_large_plan_equals_a_plan_of_its_size(string name)
    {
        using var team = new ThreadTeam(1);
        Network network = SampleNetworks.Make(name), copy = network.Clone();
        float[] large = Gradients(new TrainingPlan(network, batch: 6, team), network),
            exact = Gradients(new TrainingPlan(copy, batch: 3, team), copy);
        for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i], large[i], 1e-5f * (1 + MathF.Abs(exact[i])));

        static float[] Gradients(TrainingPlan plan, Network network)
        {
            plan.Input.Batch = 3;
            SampleNetworks.Fill(plan.Input, seed: 5);
            plan.Forward(seed: 1);
            Cotangent(plan.Logits.Span.Length).CopyTo(plan.LogitsGradient.Span);
            plan.Backward();
            return [.. network.Parameters.Where(e => e.Parameter.Trainable).SelectMany(e => e.Parameter.Gradient!)];
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        var plan = new TrainingPlan(SampleNetworks.Make("residual"), batch: 4, team);
        for (int i = 0; i < 3; i++) Step(plan);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Step(plan);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Step(TrainingPlan plan)
        {
            plan.Forward(seed: 1);
            plan.LogitsGradient.Span.Fill(0.1f);
            plan.Backward();
        }
    }

    [Fact]
    public void A_profile_accounts_for_every_node_and_leaves_the_gradients_of_a_step()
    {
        using var team = new ThreadTeam(2);
        Network network = SampleNetworks.Make("residual");
        var plan = new TrainingPlan(network, batch: 4, team);
        SampleNetworks.Fill(plan.Input, seed: 3);
        float[] cotangent = Cotangent(plan.Logits.Span.Length);
        int updates = 0;
        IReadOnlyList<TrainingStepProfile> profile = plan.Profile(
            runs: 2,
            () => cotangent.CopyTo(plan.LogitsGradient.Span),
            () => updates++
        );
        float[] profiled = Gradients();
        plan.Forward(seed: 1);
        cotangent.CopyTo(plan.LogitsGradient.Span);
        plan.Backward();

        Assert.Equal(Gradients(), profiled);
        Assert.Equal(4, updates);
        Assert.Equal(4 * network.MultiplyAdds, profile.Sum(s => s.Forward.MultiplyAdds));
        Assert.Equal(4 * network.MultiplyAdds, profile.Sum(s => s.BackwardWeights.MultiplyAdds));
        Assert.Contains(profile, s => s.Kind == "BatchNorm + ReLU");
        Assert.All(profile, s => Assert.True(s.Time > TimeSpan.Zero && s.Forward.Bytes > 0, s.Step));
        Assert.Equal(network.Nodes.Count, profile.Sum(s => s.Kind.Split(" + ").Length));

        float[] Gradients() => [.. network.Parameters.Where(e => e.Parameter.Trainable).SelectMany(e => e.Parameter.Gradient!)];
    }

    private static double Loss(TrainingPlan plan, float[] cotangent)
    {
        plan.Forward(seed: 1);
        double loss = 0;
        for (int i = 0; i < cotangent.Length; i++) loss += (double)cotangent[i] * plan.Logits.Span[i];
        return loss;
    }

    private static float[] Cotangent(int length)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }
}
