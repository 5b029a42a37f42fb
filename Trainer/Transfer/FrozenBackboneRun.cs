using System.Globalization;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Losses;
using EmotionMLNet.Trainer.Training.Optimisers;
using EmotionMLNet.Trainer.Training.Schedules;

namespace EmotionMLNet.Trainer.Transfer;

/// <summary>
/// Transfer learning in ML.NET's way: the whole backbone is frozen, its features of every picture are computed once, and a linear head is
/// trained on them. Seconds instead of hours; what the backbone does not see already cannot be learned.
/// </summary>
internal sealed class FrozenBackboneRun : IDisposable
{
    private readonly TrainingOptions options;
    private readonly Network network;
    private readonly Linear head;
    private readonly int features;
    private readonly ThreadTeam team;
    private readonly ImageSet train, validation;
    private readonly TimeProvider time;

    /// <param name="options">Free of problems; epochs, batch, optimiser, schedule and loss are those of the head. Nothing is augmented.</param>
    /// <param name="network">Its last layer is trained in place, drawn anew by the caller.</param>
    /// <param name="data">Train and validation splits.</param>
    /// <param name="time">Clock for rates.</param>
    /// <exception cref="UserException">The last layer is not linear with a bias, or a split is missing.</exception>
    public FrozenBackboneRun(TrainingOptions options, Network network, Dataset data, TimeProvider time)
    {
        (this.options, this.network, this.time) = (options, network, time);
        if (network.Nodes[^1].Layer is not Linear { Bias: not null } last) throw new UserException($"--freeze all trains a linear last layer, and this network ends in {network.Nodes[^1].Layer}: freeze a number of blocks instead.");
        (head, features) = (last, network.Nodes[^1].Inputs[0]);
        if (features == Network.Input) throw new UserException("--freeze all: there is nothing before the last layer.");
        train = data[Split.Train] ?? throw new UserException($"{options.Data} has no training images.");
        validation = data[Split.Validation] ?? throw new UserException($"{options.Data} has no validation images.");
        team = new ThreadTeam(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
    }

    /// <summary>Pictures that went through the backbone.</summary>
    public int Computed { get; private set; }

    /// <summary>Trains the head; the network has the best epoch's when this returns.</summary>
    /// <param name="preprocessing">The same that made the data's pixels.</param>
    /// <param name="cache">Folder of bottleneck features.</param>
    /// <param name="done">Told after every epoch; at an improvement the network has that epoch's weights.</param>
    /// <param name="progress">Told while features are computed.</param>
    /// <param name="cancellation">Ends after the running epoch.</param>
    public void Train(ImagePreprocessing preprocessing, string cache, Action<EpochResult> done, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        Network backbone = NetworkPrefix.Of(network, features);
        var bottlenecks = new Bottlenecks(backbone, preprocessing, new BottleneckCache(cache, backbone, preprocessing), team);
        float[][] learned = bottlenecks.Of(train, progress, cancellation), held = bottlenecks.Of(validation, progress, cancellation);
        Computed = bottlenecks.Computed;
        var standardisation = new Standardisation(learned);

        Network small = Head();
        var plan = new TrainingPlan(small, Math.Min(options.BatchSize, train.Count), team);
        IOptimiser optimiser = TrainingParts.Optimiser(options, [.. small.Parameters.Select(p => p.Parameter)]);
        ISchedule schedule = TrainingParts.Schedule(options);
        var plateau = schedule as PlateauSchedule ?? (schedule as WarmUp)?.Then as PlateauSchedule;
        ILoss loss = TrainingParts.Loss(options, network, train);
        double? best = null;
        for (int epoch = 0, stale = 0; epoch < options.Epochs && !cancellation.IsCancellationRequested && (options.Patience == 0 || stale < options.Patience); epoch++)
        {
            long start = time.GetTimestamp();
            (double trainLoss, double accuracy) = Epoch(plan, learned, standardisation, loss, optimiser, schedule, epoch);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            ClassificationReport report = Validate(small, held, standardisation);
            var result = new EpochResult(epoch + 1, trainLoss, accuracy, report.LogLoss, report.Accuracy, report.MacroF1, options.LearningRate * schedule.Factor(epoch + 1, options.Epochs),
                train.Count / Math.Max(1e-9, seconds), time.GetElapsedTime(start).TotalSeconds, Improved: false);
            result = result with { Improved = best is null || result.Score(options.Metric) > best + options.MinDelta };
            plateau?.EpochDone(result.Improved);
            stale = result.Improved ? 0 : stale + 1;
            if (result.Improved)
            {
                best = result.Score(options.Metric);
                standardisation.Fold((Linear)small.Nodes[^1].Layer, head);
            }
            done(result);
        }
    }

    public void Dispose() => team.Dispose();

    private Network Head()
    {
        var builder = new NetworkBuilder(Shape.Vector(head.InFeatures));
        if (options.Dropout > 0) builder.Add("dropout", new Dropout(options.Dropout));
        builder.Add("head", new Linear(head.InFeatures, head.OutFeatures));
        Network small = builder.Build(network.Head);
        small.Initialise(options.Seed);
        return small;
    }

    private (double Loss, double Accuracy) Epoch(TrainingPlan plan, float[][] features, Standardisation standardisation, ILoss loss, IOptimiser optimiser, ISchedule schedule, int epoch)
    {
        int[] order = new int[features.Length];
        new EpochOrder(train, options.Balance).Draw(order, RandomStream.Key((ulong)options.Seed, (ulong)epoch));
        int size = plan.Input.Capacity, batches = (order.Length + size - 1) / size, correct = 0;
        var targets = new Tensor(size, Shape.Vector(train.Labels.Count));
        double sum = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            int count = Math.Min(size, order.Length - batch * size);
            (plan.Input.Batch, targets.Batch) = (count, count);
            for (int n = 0; n < count; n++)
            {
                standardisation.Apply(features[order[batch * size + n]], plan.Input.Image(n));
                train.CopyTarget(order[batch * size + n], targets.Image(n));
            }
            plan.Forward(RandomStream.Key(RandomStream.Key((ulong)options.Seed, (ulong)epoch), (ulong)batch));
            double value = loss.Compute(plan.Logits, targets.Span, plan.LogitsGradient);
            if (!double.IsFinite(value)) throw new UserException($"The loss became {value.ToString(CultureInfo.InvariantCulture)} in epoch {epoch + 1}: lower --lr.", ExitCode.Failure);
            plan.Backward();
            optimiser.Step((float)(options.LearningRate * schedule.Factor(epoch + (batch + 0.5) / batches, options.Epochs)));
            sum += value * count;
            for (int n = 0; n < count; n++) correct += Predicted(plan.Logits.Image(n)) == train.Classes[order[batch * size + n]] ? 1 : 0;
        }
        return (sum / order.Length, (double)correct / order.Length);
    }

    private int Predicted(ReadOnlySpan<float> logits) => network.Head == OutputHead.Sigmoid ? (logits[0] > 0 ? 1 : 0) : ClassificationReport.ArgMax(logits);

    private ClassificationReport Validate(Network small, float[][] features, Standardisation standardisation)
    {
        var session = new InferenceSession(InferencePlan.Compile(small), features.Length, team);
        for (int n = 0; n < features.Length; n++) standardisation.Apply(features[n], session.Input.Image(n));
        session.Run();
        return ClassificationReport.Compute(validation.Labels, session.Probabilities.Span.ToArray(), validation.Classes);
    }
}
