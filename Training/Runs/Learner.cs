using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Optimisers;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What happens to a network in one step: batch, loss, gradients, clipping, update, moving average. A step is a function of (seed, epoch,
/// batch), the weights and the state of the optimiser; it allocates nothing.
/// </summary>
internal sealed class Learner : IDisposable
{
    private readonly TrainingOptions options;
    private readonly BatchSource source;
    private readonly Parameter[] trainable;
    private readonly Tensor targets;
    private readonly SharpnessAwareStep? sharpness;
    private readonly GradientClipping? clipping;
    private readonly WeightAverage? average;
    private TrainingPlan plan;
    private bool showsSmall;
    private IOptimiser optimiser;

    /// <param name="options">Free of problems.</param>
    /// <param name="source">Says what learns from what; disposed of with this.</param>
    public Learner(TrainingOptions options, BatchSource source)
    {
        this.options = options;
        this.source = source;
        showsSmall = options.Progressive.SmallEpochs(options.Optimisation.Epochs) > 0;
        plan = Plan(showsSmall);
        trainable = [.. source.Network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)];
        targets = new Tensor(source.BatchSize, Shape.Vector(source.TargetLength));
        sharpness =
            options.Optimisation.Sharpness > 0 ? new SharpnessAwareStep(source.Network, options.Optimisation.Sharpness, Team) : null;
        clipping = options.Optimisation.ClipNorm is { } norm ? new GradientClipping(trainable, norm, Team) : null;
        optimiser = RunFactory.CreateOptimiser(options, trainable, Team);
        average = options.Optimisation.WeightAverage > 0 ? new WeightAverage(source.Network, options.Optimisation.WeightAverage) : null;
    }

    /// <summary>Learns from pictures.</summary>
    /// <inheritdoc cref="ImageBatches(TrainingOptions, Network, ImagePreprocessing, Dataset)"/>
    public Learner(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data)
        : this(options, new ImageBatches(options, network, preprocessing, data))
    {
    }

    public ThreadTeam Team => source.Team;

    /// <summary>Images of an epoch.</summary>
    public int Images => source.Examples;

    /// <summary>Steps of an epoch.</summary>
    public int Batches => source.Batches;

    /// <summary>Images of the latest step.</summary>
    public int BatchImages => plan.Input.Batch;

    /// <summary>Steps taken.</summary>
    public int Steps
    {
        get => optimiser.Steps;
        set => optimiser.Steps = value;
    }

    /// <summary>Everything that a resumed run needs, by name; the arrays are live.</summary>
    public IEnumerable<(string Name, float[] Values)> State =>
        source
            .Network.Parameters.Select(p => (p.Name, p.Parameter.Values))
            .Concat(optimiser.State)
            .Concat(average?.State ?? [])
            .Concat(source.State);

    /// <summary>The weights that count, array by array: the moving average where there is one.</summary>
    public IEnumerable<float[]> Weights => average?.Values ?? source.Network.Parameters.Select(p => p.Parameter.Values);

    /// <summary>Makes ready for an epoch.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="isSmall">Whether it is shown small pictures.</param>
    /// <param name="resumed">The optimiser's state is that of the epoch's blocks already.</param>
    /// <returns>Whether other blocks learn from now on.</returns>
    public bool Enter(int epoch, bool isSmall, bool resumed = false)
    {
        bool otherBlocks = source.Stages?.Enter(epoch) ?? false;
        if (otherBlocks || isSmall != showsSmall) plan = Plan(isSmall);
        if (!otherBlocks) return false;
        // Moments of weights that learned nothing so far say nothing, and Adam would take them for many small gradients: all begin anew.
        if (!resumed) optimiser = RunFactory.CreateOptimiser(options, trainable, Team);
        return true;
    }

    /// <summary>Loads a batch and computes the gradients of its loss; no weight changes.</summary>
    /// <returns>Mean loss and the number of right labels, null where there are none.</returns>
    public (double Loss, int? Correct) ComputeGradients(int epoch, int batch)
    {
        source.Load(epoch, batch, plan.Input, targets);
        ulong key = source.LayerKey(epoch, batch);
        double value = Pass(key);
        int? correct = source.CountCorrect(plan.Logits, targets);
        if (sharpness is not null)
        {
            sharpness.Climb();
            Pass(key); // the same units drop out: it is the same function at another place
            sharpness.Return();
        }
        return (value, correct);
    }

    /// <summary>The passes of a step without an update: nothing remains of them but the time that they took.</summary>
    /// <param name="batch">Index of the batch in the first epoch; counted round.</param>
    /// <param name="isSmall">Whether the pictures are small.</param>
    public void RunWithoutUpdate(int batch, bool isSmall)
    {
        if (isSmall != showsSmall) plan = Plan(isSmall);
        var statistics = new RunningStatistics(source.Network);
        statistics.Save();
        ComputeGradients(epoch: 0, batch % Batches);
        statistics.Restore();
    }

    /// <summary>Changes the weights by the gradients.</summary>
    public void Update(double learningRate)
    {
        clipping?.Apply();
        optimiser.Step((float)learningRate);
        average?.Update(optimiser.Steps);
    }

    public void Dispose() => source.Dispose();

    private TrainingPlan Plan(bool isSmall)
    {
        showsSmall = isSmall;
        return new TrainingPlan(source.Show(isSmall), source.BatchSize, Team);
    }

    private double Pass(ulong key)
    {
        plan.Forward(key);
        double value = source.Loss.Compute(plan.Logits, targets.Span, plan.LogitsGradient);
        plan.Backward();
        return value;
    }
}
