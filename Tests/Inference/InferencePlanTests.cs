using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Inference;

public sealed class InferencePlanTests
{
    public static TheoryData<string> Names => [.. SampleNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fused_plan_equals_the_layers_one_by_one(string name)
    {
        using var team = new ThreadTeam(2);
        Network network = SampleNetworks.Make(name, dropout: 0.5f);
        var session = new InferenceSession(InferencePlan.Compile(network), batch: 5, team);
        session.Input.Batch = 3;
        SampleNetworks.Fill(session.Input, seed: 2);
        session.Run();
        float[] expected = LayerByLayer(network, session.Input, team);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], session.Logits.Span[i], 2e-5f * (1 + MathF.Abs(expected[i])));
        for (int n = 0; n < 3; n++) Assert.Equal(1, session.Probabilities.Image(n).ToArray().Sum(), 1e-6f);
    }

    [Fact]
    public void A_profile_names_every_step_counts_its_work_and_leaves_the_same_answer()
    {
        using var team = new ThreadTeam(2);
        Network network = SampleNetworks.Make(SampleNetworks.Names.First(), dropout: 0.5f);
        InferencePlan plan = InferencePlan.Compile(network);
        var session = new InferenceSession(plan, batch: 3, team);
        SampleNetworks.Fill(session.Input, seed: 2);
        session.Run();
        float[] answer = session.Logits.Span.ToArray();
        IReadOnlyList<StepProfile> profile = session.Profile(runs: 2);
        Assert.Equal(plan.Steps.Select(s => s.ToString()), profile.Select(p => p.Step));
        Assert.Equal(3 * network.MultiplyAdds, profile.Sum(p => p.MultiplyAdds));
        Assert.All(profile, p => Assert.True(p.Bytes >= sizeof(float)));
        Assert.Equal(answer, session.Logits.Span.ToArray());
    }

    [Fact]
    public void Batch_norms_are_folded_sums_and_activations_fused_and_dropout_gone()
    {
        InferencePlan plan = InferencePlan.Compile(SampleNetworks.Make("residual"));
        Assert.Equal(5 + 2, plan.Steps.Count); // five convolutions (norms, sums, activations inside), pool, classifier
        Assert.DoesNotContain(
            InferencePlan.Compile(SampleNetworks.Make("plain", 0.5f)).Steps,
            s => s.ToString()!.Contains("Drop", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void An_image_has_the_same_scores_whatever_stands_beside_it()
    {
        using var team = new ThreadTeam(2);
        InferencePlan plan = InferencePlan.Compile(SampleNetworks.Make("residual"));
        InferenceSession many = new(plan, 7, team), single = new(plan, 1, team);
        SampleNetworks.Fill(many.Input, seed: 2);
        many.Run();
        for (int n = 0; n < 7; n++)
        {
            many.Input.Image(n).CopyTo(single.Input.Span);
            single.Run();
            for (int c = 0; c < 3; c++) Assert.Equal(many.Probabilities.Image(n)[c], single.Probabilities.Span[c], 1e-6f);
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(SampleNetworks.Make("residual")), 2, team);
        for (int i = 0; i < 3; i++) session.Run();
        Assert.Equal(0, SteadyAllocation.Of(session.Run));
    }

    private static float[] LayerByLayer(Network network, Tensor input, ThreadTeam team)
    {
        var values = new List<Tensor>();
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            var context = new LayerContext
            {
                Inputs = [.. node.Inputs.Select(j => j == Network.Input ? input : values[j])],
                Output = new Tensor(input.Batch, network.ShapeOf(i)),
                ScratchMemory = new Arena(node.Layer.ScratchFloats(network.InputShapes(i), input.Batch, team.Threads)),
                Team = team,
            };
            node.Layer.Forward(context);
            values.Add(context.Output);
        }
        return values[^1].Span.ToArray();
    }
}
