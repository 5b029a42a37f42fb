using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Trainer.Training.Losses;
using EmotionMLNet.Trainer.Training.Optimisers;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>The pieces of work that are compared, under the names that the peers' scripts use.</summary>
internal static class Works
{
    public static IReadOnlyList<string> Names { get; } = ["r-train", "r-infer"];

    /// <summary>Measures one piece of work, at each of its batch sizes.</summary>
    public static IEnumerable<Measurement> Measure(string work, int threads, int repeat) => work switch
    {
        "r-train" => [Train(work, NetworkR.Make(), 64, threads, repeat)],
        "r-infer" => [Infer(work, NetworkR.Make(), 64, threads, repeat), Infer(work, NetworkR.Make(), 1, threads, repeat)],
        _ => throw new ArgumentException($"No work is called '{work}': choose from {string.Join(", ", Names)}."),
    };

    // Forward, loss, backward and an SGD step with Nesterov momentum, as the PyTorch script does.
    private static Measurement Train(string work, Network network, int batch, int threads, int repeat)
    {
        using var team = new ThreadTeam(threads);
        var plan = new TrainingPlan(network, batch, team);
        var loss = new SoftmaxCrossEntropy(network.OutputShape.Channels);
        var optimiser = new Sgd([.. network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)], weightDecay: 1e-4f);
        Fill(plan.Input.Span);
        var targets = new float[batch * network.OutputShape.Channels];
        for (int n = 0; n < batch; n++) targets[n * network.OutputShape.Channels + n % network.OutputShape.Channels] = 1;
        return Measurement.Take(work, batch, threads, repeat, () =>
        {
            plan.Forward(seed: 1);
            loss.Compute(plan.Logits, targets, plan.LogitsGradient);
            plan.Backward();
            optimiser.Step(learningRate: 0.01f);
        });
    }

    private static Measurement Infer(string work, Network network, int batch, int threads, int repeat)
    {
        using var team = new ThreadTeam(threads);
        var session = new InferenceSession(InferencePlan.Compile(network), batch, team);
        Fill(session.Input.Span);
        return Measurement.Take(work, batch, threads, repeat, session.Run);
    }

    private static void Fill(Span<float> values)
    {
        var random = new Random(1);
        foreach (ref float v in values) v = (float)(2 * random.NextDouble() - 1);
    }
}
