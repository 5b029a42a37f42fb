using System.Text.Json;
using EmotionMLNet.Layers;
using EmotionMLNet.Trainer.Training.Optimisers;

namespace EmotionMLNet.Tests.Training;

public sealed class OptimiserTests
{
    private static readonly float[] Start = [0.5f, -1.25f, 2.0f, 0.1f, -0.3f, 0.7f, 1.1f, -0.9f, 0.05f, 3.0f, -2.0f];

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("radam")]
    public void Twenty_steps_equal_PyTorchs(string name)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, float[]>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "optimisers.json")))!;
        Parameter decaying = Parameter(decays: true), spared = Parameter(decays: false);
        IOptimiser optimiser = Make(name, [decaying, spared], decay: 0.01f);
        Parameter plain = Parameter(decays: true);
        IOptimiser without = Make(name, [plain], decay: 0);
        for (int t = 0; t < 20; t++)
        {
            foreach (Parameter p in new[] { decaying, spared, plain })
                for (int i = 0; i < p.Length; i++) p.Gradient![i] = ((i * 7 + t * 3) % 11 - 5) / 10f;
            optimiser.Step(0.05f);
            without.Step(0.05f);
        }
        for (int i = 0; i < Start.Length; i++)
        {
            Assert.True(MathF.Abs(golden[name][i] - decaying.Value[i]) < 2e-5f, $"{name}[{i}]: PyTorch {golden[name][i]}, ours {decaying.Value[i]} (Golden/optimisers.py).");
            Assert.Equal(plain.Value[i], spared.Value[i]); // weight decay spares what does not decay
        }
    }

    private static Parameter Parameter(bool decays)
    {
        var p = new Parameter("weight", true, decays, Start.Length) { Gradient = new float[Start.Length] };
        Start.CopyTo(p.Value, 0);
        return p;
    }

    private static IOptimiser Make(string name, Parameter[] parameters, float decay) => name switch
    {
        "sgd" => new Sgd(parameters, 0.9f, nesterov: true, decay),
        "adam" => new Adam(parameters, decay),
        "adamw" => new Adam(parameters, decay, decoupled: true),
        _ => new RAdam(parameters, decay),
    };
}
