using System.Text.Json;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tests.Layers;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Optimisers;

namespace EmotionMLNet.Tests.Optimisers;

/// <summary>Twenty steps on the same gradients as PyTorch's optimisers.</summary>
public sealed class OptimiserGoldenTests
{
    private static readonly OptimisersGolden Golden = JsonSerializer.Deserialize<OptimisersGolden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "optimisers.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names => [.. Golden.Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_equals_PyTorch(string name)
    {
        Parameter[] parameters = Parameters();
        IOptimiser optimiser = Make(name, parameters);
        for (int step = 0; step < Golden.Rates.Length; step++)
        {
            Step(optimiser, parameters, step);
            float[] expected = LayersGolden.Floats(Golden.Cases[name].After[step]), actual = [.. parameters.SelectMany(p => p.Values)];
            for (int i = 0; i < expected.Length; i++)
                Assert.True(
                    MathF.Abs(expected[i] - actual[i]) <= 2e-6f * (1 + MathF.Abs(expected[i])),
                    $"{name} w[{i}] after step {step + 1}: PyTorch {expected[i]}, ours {actual[i]} (Tests/Golden/optimisers.py)."
                );
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_moved_to_a_new_optimiser_goes_on_to_the_same_bits(string name)
    {
        Parameter[] straight = Parameters(), moved = Parameters();
        IOptimiser whole = Make(name, straight), first = Make(name, moved), second = Make(name, moved);
        for (int step = 0; step < 20; step++) Step(whole, straight, step);
        for (int step = 0; step < 8; step++) Step(first, moved, step);
        second.Steps = first.Steps;
        foreach (((string from, float[] values), (string to, float[] target)) in first.State.Zip(second.State))
        {
            Assert.Equal(from, to);
            values.CopyTo(target, 0);
        }
        for (int step = 8; step < 20; step++) Step(second, moved, step);
        Assert.Equal(straight.SelectMany(p => p.Values), moved.SelectMany(p => p.Values));
        Assert.Equal(20, second.Steps);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_allocates_nothing(string name)
    {
        Parameter[] parameters = Parameters();
        IOptimiser optimiser = Make(name, parameters);
        for (int step = 0; step < 8; step++) Step(optimiser, parameters, step);
        Assert.Equal(0, SteadyAllocation.Of(() => optimiser.Step(0.01f)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_share_the_values_and_give_the_same_bits(string name)
    {
        const int count = 5; // as many copies of both parameters: runs that begin and end anywhere
        Parameter[] alone = [.. Enumerable.Range(0, count).SelectMany(_ => Parameters())],
            shared = [.. Enumerable.Range(0, count).SelectMany(_ => Parameters())];
        using var team = new ThreadTeam(3);
        IOptimiser one = Make(name, alone), three = Make(name, shared, team);
        for (int step = 0; step < 8; step++)
        {
            for (int i = 0; i < count; i++)
            {
                foreach (Parameter[] all in new[] { alone, shared })
                {
                    all[2 * i].Gradient = LayersGolden.Floats(Golden.Gradients[step].Weight);
                    all[2 * i + 1].Gradient = LayersGolden.Floats(Golden.Gradients[step].Bias);
                }
            }
            one.Step(Golden.Rates[step]);
            three.Step(Golden.Rates[step]);
        }
        Assert.Equal(alone.SelectMany(p => p.Values), shared.SelectMany(p => p.Values));
        Assert.Equal(one.State.SelectMany(s => s.Values), three.State.SelectMany(s => s.Values));
        Assert.NotEqual(Parameters()[0].Values, shared[^2].Values);
    }

    private static IOptimiser Make(string name, Parameter[] parameters, ThreadTeam? team = null)
    {
        float decay = Golden.Cases[name].Decay;
        return name.Split('-')[0] switch
        {
            "sgd" => new Sgd(parameters, name == "sgd" ? 0 : 0.9f, nesterov: name.Contains("nesterov"), decay, team),
            "adam" => new Adam(parameters, decay, team: team),
            "adamw" => new Adam(parameters, decay, decoupled: true, team: team),
            _ => new RAdam(parameters, decay, team: team),
        };
    }

    private static Parameter[] Parameters()
    {
        float[] weight = LayersGolden.Floats(Golden.Weight), bias = LayersGolden.Floats(Golden.Bias);
        Parameter[] parameters =
        [
            new("weight", trainable: true, decays: true, weight.Length),
            new("bias", trainable: true, decays: false, bias.Length),
        ];
        weight.CopyTo(parameters[0].Values, 0);
        bias.CopyTo(parameters[1].Values, 0);
        return parameters;
    }

    private static void Step(IOptimiser optimiser, Parameter[] parameters, int step)
    {
        parameters[0].Gradient = LayersGolden.Floats(Golden.Gradients[step].Weight);
        parameters[1].Gradient = LayersGolden.Floats(Golden.Gradients[step].Bias);
        optimiser.Step(Golden.Rates[step]);
    }

    private sealed record OptimisersGolden(
        byte[] Weight,
        byte[] Bias,
        float[] Rates,
        GoldenGradient[] Gradients,
        Dictionary<string, GoldenRun> Cases
    );

    private sealed record GoldenGradient(byte[] Weight, byte[] Bias);

    /// <param name="Decay">Of the weight.</param>
    /// <param name="After">Weight and bias after each step.</param>
    private sealed record GoldenRun(float Decay, byte[][] After);
}
