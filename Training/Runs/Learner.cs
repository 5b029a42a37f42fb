using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs.Auxiliary;
using EmotionMLNet.Training.Runs.Distillation;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;
using EmotionMLNet.Training.Runs.Progressive;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What happens to a network in one step: batch, teachers, loss, gradients, clipping, update. A step is a function of (seed, epoch, batch), the
/// weights and the state of the optimiser; it allocates nothing.
/// </summary>
internal sealed class Learner : IDisposable
{
    // Keeps the draws of layers apart from those of the batch loader, whose keys are the small numbers below it.
    private const ulong LayerStream = 16;

    private readonly TrainingOptions options;
    private readonly Network network, shown; // with the outputs of a second task, where there is one
    private readonly Network? reduced;
    private readonly Parameter[] trainable;
    private readonly BatchLoader batches;
    private readonly Tensor targets;
    private readonly ILoss loss;
    private readonly SharpnessAwareStep? sharpness;
    private readonly GradientClipping? clipping;
    private readonly WeightAverage? average;
    private readonly int batch, classes;
    private TrainingPlan plan;
    private Tensor? whole; // a batch before it is reduced, while small pictures are shown
    private BatchReduction? reduction;
    private IOptimiser optimiser;

    /// <param name="options">Free of problems.</param>
    /// <param name="network">Trained in place; where there is a second task, its last layer is trained in a widened one, see <see cref="CopyTo"/>.</param>
    /// <param name="preprocessing">The same that made the data's pixels.</param>
    /// <param name="data">Of which the training split is seen.</param>
    /// <exception cref="TrainingException">There are no training images, or settings do not fit the network or the teachers.</exception>
    public Learner(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data)
    {
        ImageSet train = data[Split.Train] ?? throw new TrainingException($"{options.Data.Path} has no training images.");
        (this.options, classes, Images, batch) = (options, train.Labels.Count, train.Count, Math.Min(options.Optimisation.BatchSize, train.Count));
        int auxiliary = train.TargetLength - classes;
        loss = TrainingParts.Loss(options, network, train);
        this.network = network = auxiliary == 0 ? network : AuxiliaryHead.Widen(network, auxiliary, options.Seed);
        Team = new ThreadTeam(options.ThreadCount);
        Stages = new FineTuning(options, network);
        Stages.Enter(epoch: 0);
        var augmenter = new Augmenter(options.Augmentation, preprocessing);
        shown = ShownNetwork.Windowed(network, options.Augmentation, preprocessing);
        if (options.Progressive.IsOn) reduced = ShownNetwork.Reduced(shown, options.Progressive);
        plan = Plan(options.Progressive.SmallEpochs(options.Optimisation.Epochs) > 0);
        trainable = [.. network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)];
        Teachers = Teachers.Load(options.Distillation, preprocessing, shown.InputShape, data, batch, Team);
        batches = BatchLoader.ForTraining(train, augmenter, batch, (ulong)options.Seed, Team, options.TrainingSet.Balance, Teachers?.Answers?.Probabilities);
        targets = new Tensor(batch, Shape.Vector(train.TargetLength));
        if (Teachers is not null) loss = new DistillationLoss(loss, Teachers.Probabilities, options.Distillation.TeacherWeight, options.Distillation.TeacherTemperature);
        if (auxiliary > 0) loss = new AuxiliaryLoss(loss, classes, auxiliary, options.TrainingSet.AuxiliaryWeight, batch);
        sharpness = options.Optimisation.Sharpness > 0 ? new SharpnessAwareStep(network, options.Optimisation.Sharpness, Team) : null;
        clipping = options.Optimisation.ClipNorm is { } norm ? new GradientClipping(trainable, norm, Team) : null;
        optimiser = TrainingParts.Optimiser(options, trainable, Team);
        average = options.Optimisation.WeightAverage > 0 ? new WeightAverage(network, options.Optimisation.WeightAverage) : null;
    }

    public ThreadTeam Team { get; }

    /// <summary>Which blocks learn.</summary>
    public FineTuning Stages { get; }

    public Teachers? Teachers { get; }

    /// <summary>Images of an epoch.</summary>
    public int Images { get; }

    /// <summary>What epochs with small pictures are shown; null where there are none.</summary>
    public Shape? SmallSize => reduced?.InputShape;

    /// <summary>Work of such an epoch, of that of another; at most 1.</summary>
    public double SmallCost => (double)(reduced ?? shown).MultiplyAdds / shown.MultiplyAdds;

    /// <summary>Steps of an epoch.</summary>
    public int Batches => batches.Batches;

    /// <summary>Images of the latest step.</summary>
    public int BatchImages => plan.Input.Batch;

    /// <summary>Steps taken.</summary>
    public int Steps
    {
        get => optimiser.Steps;
        set => optimiser.Steps = value;
    }

    /// <summary>Everything that a resumed run needs, by name; the arrays are live.</summary>
    public IEnumerable<(string Name, float[] Values)> State
        => network.Parameters.Select(p => (p.Name, p.Parameter.Value)).Concat(optimiser.State).Concat(average?.State ?? [])
            .Concat(Teachers?.Answers is { } answers ? [("teachers' answers", answers.Probabilities)] : []);

    private bool IsSmall => reduction is not null;

    /// <summary>Makes ready for an epoch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="isSmall">Whether it is shown small pictures.</param>
    /// <param name="resumed">The optimiser's state is that of the epoch's blocks already.</param>
    /// <returns>Whether other blocks learn from now on.</returns>
    public bool Enter(int epoch, bool isSmall, bool resumed = false)
    {
        bool otherBlocks = Stages.Enter(epoch);
        if (otherBlocks || isSmall != IsSmall) plan = Plan(isSmall);
        if (!otherBlocks) return false;
        // Moments of weights that learned nothing so far say nothing, and Adam would take them for many small gradients: all begin anew.
        if (!resumed) optimiser = TrainingParts.Optimiser(options, trainable, Team);
        return true;
    }

    /// <summary>Loads a batch and computes the gradients of its loss; no weight changes.</summary>
    /// <returns>Mean loss and the number of right labels.</returns>
    public (double Loss, int Correct) Gradients(int epoch, int batch)
    {
        Tensor pictures = whole ?? plan.Input;
        Tensor? answered = Teachers?.Answers is null ? null : Teachers.Probabilities;
        batches.Load(epoch, batch, pictures, targets, answered);
        if (answered is null) Teachers?.Teach(pictures); // who never learned from small ones
        reduction?.Apply(pictures, plan.Input);
        ulong key = RandomStream.Key(RandomStream.Key(RandomStream.Key((ulong)options.Seed, (ulong)epoch), LayerStream), (ulong)batch);
        double value = Pass(key);
        int correct = Correct();
        if (sharpness is not null)
        {
            sharpness.Climb();
            Pass(key); // the same units drop out: it is the same function at another place
            sharpness.Return();
        }
        return (value, correct);
    }

    /// <summary>The passes of a step without an update: nothing remains of them but the time that they took.</summary>
    /// <param name="batch">Of the first epoch; counted round.</param>
    /// <param name="isSmall">With small pictures, or with whole ones.</param>
    public void Rehearse(int batch, bool isSmall)
    {
        if (isSmall != IsSmall) plan = Plan(isSmall);
        var statistics = new RunningStatistics(network);
        statistics.Save();
        Gradients(epoch: 0, batch % Batches);
        statistics.Restore();
    }

    /// <summary>Changes the weights by the gradients.</summary>
    public void Update(double learningRate)
    {
        clipping?.Apply();
        optimiser.Step((float)learningRate);
        average?.Update(optimiser.Steps);
    }

    /// <summary>Copies the weights that count into another network, of the construction of the one that was given: the moving average where there is one, without a second task's.</summary>
    public void CopyTo(Network other)
    {
        AuxiliaryHead.CopyTo(average?.Values ?? network.Parameters.Select(p => p.Parameter.Value), other);
    }

    public void Dispose() => Team.Dispose();

    private TrainingPlan Plan(bool isSmall)
    {
        Network seen = isSmall ? reduced! : shown;
        (whole, reduction) = isSmall ? (new Tensor(batch, shown.InputShape), new BatchReduction(shown.InputShape, seen.InputShape, Team)) : (null, null);
        return new TrainingPlan(seen, batch, Team);
    }

    private double Pass(ulong key)
    {
        plan.Forward(key);
        double value = loss.Compute(plan.Logits, targets.Span, plan.LogitsGradient);
        plan.Backward();
        return value;
    }

    private int Correct()
    {
        int correct = 0;
        for (int n = 0; n < plan.Input.Batch; n++)
        {
            int predicted = network.Head == OutputHead.Sigmoid ? (plan.Logits.Span[n] > 0 ? 1 : 0) : ClassificationReport.ArgMax(plan.Logits.Image(n)[..classes]);
            if (predicted == ClassificationReport.ArgMax(targets.Image(n)[..classes])) correct++;
        }
        return correct;
    }
}
