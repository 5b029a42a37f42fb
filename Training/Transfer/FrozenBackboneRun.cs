using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using System.Globalization;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;
using EmotionMLNet.Training.Schedules;

namespace EmotionMLNet.Training.Transfer;

/// <summary>
/// Transfer learning in ML.NET's way: the whole backbone is frozen, its features of every picture are computed once, and a head is trained on
/// them: the layer that makes the classes, or the two of <see cref="HeadOptions.Units"/>. Seconds instead of hours; what the backbone does not
/// see already cannot be learned.
/// </summary>
/// <remarks>A convolution of 1x1 that makes the classes, as in SqueezeNet, reads a map: then the features are that map, and the head is all from there on.</remarks>
internal sealed class FrozenBackboneRun : IDisposable
{
    private const double LargestFeatures = 2e9; // of a file of the cache

    private const int ValidationBatch = 256;

    private readonly TrainingOptions options;
    private readonly Network network;
    private readonly int first, features;
    private readonly ThreadTeam team;
    private readonly ImageSet train, validation;
    private readonly TimeProvider time;
    private readonly StartWeights? start;
    private readonly TrainingMachine machine;

    /// <param name="options">Free of problems; epochs, batch, optimiser, schedule and loss are those of the head. Nothing is augmented.</param>
    /// <param name="network">Its head is trained in place, drawn anew.</param>
    /// <param name="data">Train and validation splits.</param>
    /// <param name="time">Clock for rates.</param>
    /// <param name="start">The trained weights that the network has, head and all or without, whose figures become epoch 0; or null.</param>
    /// <exception cref="TrainingException">The head is not one that can be trained on features, or a split is missing.</exception>
    public FrozenBackboneRun(TrainingOptions options, Network network, Dataset data, TimeProvider time, StartWeights? start = null)
    {
        (this.options, this.network, this.time, this.start) = (options, network, time, start);
        first = NewHead.First(network, options.FineTuning.Head is { Units: not null } ? 2 : 1);
        features = network.Nodes[first].Inputs[0];
        if (network.Nodes[first].Layer is not (Linear { Bias: not null } or Conv2D { Bias: not null, Kernel: (1, 1), Padding: (0, 0) }))
            throw new TrainingException($"{{fineTuning.freeze}} all trains a linear last layer or a convolution of 1x1, with a bias, and this network has {network.Nodes[first].Layer}: freeze a number of blocks instead.");
        if (features == Network.Input) throw new TrainingException("{fineTuning.freeze} all: there is nothing before the last layer.");
        for (int i = first + 1; i < network.Nodes.Count; i++)
            if (network.Nodes[i].Inputs is not [var input] || input != i - 1) throw new TrainingException($"{{fineTuning.freeze}} all: '{network.Nodes[i].Name}' reads more than the head: freeze a number of blocks instead.");
        train = data[Split.Train] ?? throw new TrainingException($"{options.Data.Path} has no training images.");
        validation = data.RequireValidation(options.Data.Path);
        team = new ThreadTeam(options.ThreadCount);
        machine = TrainingMachine.Here(team.Threads);
    }

    /// <summary>Pictures that went through the backbone.</summary>
    public int Computed { get; private set; }

    /// <summary>Trains the head; the network has the best epoch's when this returns.</summary>
    /// <param name="preprocessing">The same that made the data's pixels.</param>
    /// <param name="cache">Folder of bottleneck features.</param>
    /// <param name="done">Told of the start as epoch 0 and after every epoch; at an improvement the network has that epoch's weights.</param>
    /// <param name="progress">Told while features are computed.</param>
    /// <param name="cancellation">Ends after the running epoch.</param>
    public void Train(ImagePreprocessing preprocessing, string cache, Action<EpochResult> done, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        Network backbone = NetworkPrefix.Of(network, features);
        if ((double)sizeof(float) * backbone.OutputShape.Length * (train.Count + validation.Count) is > LargestFeatures and var bytes)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{{fineTuning.freeze}} all: the features of {train.Count + validation.Count:N0} pictures are maps of {network.ShapeOf(features)} and take {bytes / 1e9:0} GB: freeze a number of blocks instead."));
        var bottlenecks = new Bottlenecks(backbone, preprocessing, new BottleneckCache(cache, backbone, preprocessing), team);
        float[][] learned = bottlenecks.Of(train, progress, cancellation), held = bottlenecks.Of(validation, progress, cancellation);
        Computed = bottlenecks.Computed;
        var standardisation = new Standardisation(learned, network.ShapeOf(features).Channels);

        Network small = Head();
        var plan = new TrainingPlan(small, Math.Min(options.Optimisation.BatchSize, train.Count), team);
        IOptimiser optimiser = TrainingParts.Optimiser(options, [.. small.Parameters.Select(p => p.Parameter)]);
        ISchedule schedule = TrainingParts.Schedule(options);
        var plateau = schedule as PlateauSchedule ?? (schedule as WarmUp)?.Then as PlateauSchedule;
        ILoss loss = TrainingParts.Loss(options, network, train);
        double majority = BaselineAccuracy.Compute(validation.Classes, validation.Labels.Count).Majority;
        double? best = null, bestEpoch = null;
        if (start is not null)
        {
            long began = time.GetTimestamp();
            EpochResult result = EpochResult.OfStart(Validate(Head(drawn: false), held, null), time.GetElapsedTime(began).TotalSeconds, start.IsWhole) with { MajorityAccuracy = majority, Machine = machine };
            if (start.IsWhole) best = result.Score(options.Optimisation.Metric);
            done(result);
        }
        for (int epoch = 0, stale = 0; epoch < options.Optimisation.Epochs && !cancellation.IsCancellationRequested && (options.Optimisation.Patience is null || stale < options.Optimisation.Patience); epoch++)
        {
            long began = time.GetTimestamp();
            (double trainLoss, double accuracy) = Epoch(plan, learned, standardisation, loss, optimiser, schedule, epoch);
            double seconds = time.GetElapsedTime(began).TotalSeconds;
            ClassificationReport report = Validate(small, held, standardisation);
            var result = new EpochResult(epoch + 1, trainLoss, accuracy, report.LogLoss, report.Accuracy, report.MacroF1, options.Optimisation.LearningRate * schedule.Factor(epoch + 1, options.Optimisation.Epochs),
                train.Count / Math.Max(1e-9, seconds), time.GetElapsedTime(began).TotalSeconds, Improved: false);
            result = result with { Improved = best is null || result.Score(options.Optimisation.Metric) > best + options.Optimisation.MinDelta, MajorityAccuracy = majority, Machine = machine };
            bool gained = bestEpoch is null || result.Score(options.Optimisation.Metric) > bestEpoch + options.Optimisation.MinDelta; // the start has no say in how training goes
            if (gained) bestEpoch = result.Score(options.Optimisation.Metric);
            plateau?.EpochDone(gained);
            stale = gained ? 0 : stale + 1;
            if (result.Improved)
            {
                best = result.Score(options.Optimisation.Metric);
                Keep(small, standardisation);
            }
            done(result);
        }
    }

    public void Dispose() => team.Dispose();

    /// <summary>The head on its own, reading features, with its first weights; behind a dropout of its own where the one in front of it is part of the backbone.</summary>
    /// <param name="drawn">With first weights; otherwise with those that the network has now.</param>
    internal Network Head(bool drawn = true)
    {
        var builder = new NetworkBuilder(network.ShapeOf(features));
        float dropout = options.FineTuning.Head is { Units: null } asked ? asked.Dropout : options.FineTuning.Head is null ? options.Network.Dropout ?? 0 : 0;
        if (dropout > 0) builder.Add("dropout", new Dropout(dropout));
        foreach (Node node in network.Nodes.Skip(first)) builder.Add(node.Name, node.Layer.Clone());
        Network small = builder.Build(network.Head);
        if (drawn) small.Initialise(options.Seed);
        return small;
    }

    // The first layer reads features as they are from here on, the others are copied.
    private void Keep(Network small, Standardisation standardisation)
    {
        Layer[] trained = [.. small.Nodes.TakeLast(network.Nodes.Count - first).Select(n => n.Layer)], kept = [.. network.Nodes.Skip(first).Select(n => n.Layer)];
        standardisation.Fold(trained[0], kept[0]);
        for (int i = 1; i < kept.Length; i++) kept[i].With(trained[i]);
    }

    private (double Loss, double Accuracy) Epoch(TrainingPlan plan, float[][] features, Standardisation standardisation, ILoss loss, IOptimiser optimiser, ISchedule schedule, int epoch)
    {
        int[] order = new int[features.Length];
        new EpochOrder(train, options.TrainingSet.Balance).Draw(order, RandomStream.Key((ulong)options.Seed, (ulong)epoch));
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
            if (!double.IsFinite(value)) throw new TrainingFailedException(string.Create(CultureInfo.InvariantCulture, $"The loss became {(double.IsNaN(value) ? "no number" : "infinite")} in epoch {epoch + 1}: begin anew with a lower {{optimisation.learningRate}}, {options.Optimisation.LearningRate / 10:G3} for instance"));
            plan.Backward();
            optimiser.Step((float)(options.Optimisation.LearningRate * schedule.Factor(epoch + (batch + 0.5) / batches, options.Optimisation.Epochs)));
            sum += value * count;
            for (int n = 0; n < count; n++) correct += Predicted(plan.Logits.Image(n)) == train.Classes[order[batch * size + n]] ? 1 : 0;
        }
        return (sum / order.Length, (double)correct / order.Length);
    }

    private int Predicted(ReadOnlySpan<float> logits) => network.Head == OutputHead.Sigmoid ? (logits[0] > 0 ? 1 : 0) : ClassificationReport.ArgMax(logits);

    // Null: the head reads features as they are.
    private ClassificationReport Validate(Network small, float[][] features, Standardisation? standardisation)
    {
        var session = new InferenceSession(InferencePlan.Compile(small), Math.Min(ValidationBatch, features.Length), team);
        var probabilities = new List<float>();
        for (int start = 0; start < features.Length; start += ValidationBatch)
        {
            session.Input.Batch = Math.Min(ValidationBatch, features.Length - start);
            for (int n = 0; n < session.Input.Batch; n++)
            {
                if (standardisation is null) features[start + n].CopyTo(session.Input.Image(n));
                else standardisation.Apply(features[start + n], session.Input.Image(n));
            }
            session.Run();
            probabilities.AddRange(session.Probabilities.Span);
        }
        return ClassificationReport.Compute(validation.Labels, [.. probabilities], validation.Classes);
    }
}
