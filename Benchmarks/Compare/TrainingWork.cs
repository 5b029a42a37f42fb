using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>Training steps on random images: forward, loss, backward and SGD with Nesterov momentum, as the PyTorch script does.</summary>
internal sealed class TrainingWork : IDisposable
{
    private readonly ThreadTeam team;
    private readonly SoftmaxCrossEntropy loss;
    private readonly Sgd optimiser;
    private readonly float[] targets;

    public TrainingWork(Network network, int batch, int threads)
    {
        team = new ThreadTeam(threads);
        Plan = new TrainingPlan(network, batch, team);
        int classes = network.OutputShape.Channels;
        loss = new SoftmaxCrossEntropy(classes);
        optimiser = new Sgd([.. network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)], weightDecay: 1e-4f, team: team);
        Works.Fill(Plan.Input.Span);
        targets = new float[batch * classes];
        for (int n = 0; n < batch; n++) targets[n * classes + n % classes] = 1;
    }

    public TrainingPlan Plan { get; }

    public void Step()
    {
        Plan.Forward(seed: 1);
        Loss();
        Plan.Backward();
        Update();
    }

    /// <summary>The loss and its gradient.</summary>
    public void Loss() => loss.Compute(Plan.Logits, targets, Plan.LogitsGradient);

    /// <summary>The optimiser's step.</summary>
    public void Update() => optimiser.Step(learningRate: 0.01f);

    public void Dispose() => team.Dispose();
}
