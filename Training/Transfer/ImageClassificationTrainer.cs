using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;

namespace EmotionMLNet.Training.Transfer;

/// <summary>
/// Transfer learning as ML.NET's ImageClassificationTrainer does it, with its options, defaults and callback: the backbone is frozen, its
/// bottleneck features are computed once, and a softmax layer is trained on them by plain stochastic gradient descent.
/// </summary>
/// <remarks>
/// Where it differs, on purpose: LearningRate counts beside a scheduler; fewer images than a batch train instead of ending in NaN; nothing is
/// kept from one Fit to the next; epochs are reshuffled by the seed; features are standardised, and the layer is folded back afterwards;
/// figures are means over images. The result saves as a zip with an ONNX network, which ML.NET's own cannot.
/// </remarks>
/// <example>
/// <code>
/// var trainer = new ImageClassificationTrainer(new() { Arch = "resnet18.onnx", Epoch = 50, MetricsCallback = m => Console.WriteLine(m.Train) });
/// ImageClassificationModel model = trainer.Fit("faces"); // one sub-folder a label
/// model.Save("model.zip");
/// </code>
/// </example>
public sealed class ImageClassificationTrainer
{
    private readonly ImageClassificationTrainerOptions options;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ImageClassificationTrainer(ImageClassificationTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epoch, 1);
        if (!(options.LearningRate > 0)) throw new ArgumentException($"LearningRate {options.LearningRate} is not positive.", nameof(options));
        if (options.ValidationSetFraction is not (null or (> 0 and < 1))) throw new ArgumentException($"ValidationSetFraction {options.ValidationSetFraction} is not between 0 and 1.", nameof(options));
        this.options = options;
    }

    /// <summary>Trains on a folder with one sub-folder a label.</summary>
    /// <exception cref="ArgumentException">Fewer than two labels, or a set without pictures.</exception>
    /// <exception cref="IOException">The backbone or a picture cannot be read.</exception>
    public ImageClassificationModel Fit(string folder, CancellationToken cancellation = default)
        => Fit([.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SelectMany(d => Directory.GetFiles(d).Order(StringComparer.Ordinal).Select(f => (f, Path.GetFileName(d))))], null, cancellation);

    /// <summary>Trains on pictures and their labels.</summary>
    /// <param name="train">Paths and labels.</param>
    /// <param name="validation">Held out; null divides <paramref name="train"/> by ValidationSetFraction.</param>
    /// <param name="cancellation">Ends the training after the running epoch, with what was learned.</param>
    /// <exception cref="ArgumentException">Fewer than two labels, or a set without pictures.</exception>
    /// <exception cref="IOException">The backbone or a picture cannot be read.</exception>
    public ImageClassificationModel Fit(IReadOnlyList<(string Path, string Label)> train, IReadOnlyList<(string Path, string Label)>? validation = null, CancellationToken cancellation = default)
    {
        string[] labels = [.. train.Select(t => t.Label).Distinct().Order(StringComparer.Ordinal)];
        if (labels.Length < 2) throw new ArgumentException($"Two labels at least are wanted, got {labels.Length}.", nameof(train));
        ModelZip start = WarmStart.Load(options.Arch, new TrainingOptions { Data = new() { Path = "" }, Network = new() { Architecture = "" } });
        Network network = WarmStart.From(start, labels, newHead: true, head: null, options.Seed, new SilentReporter());
        if (network.Nodes[^1].Layer is not Linear { Bias: not null } || network.Head != OutputHead.Softmax)
            throw new ArgumentException($"{options.Arch} does not end in a linear layer and softmax.", nameof(train));
        (train, validation) = Divide(train, validation);
        var skipped = new List<(string, string)>();
        ImageSet learned = Read(start, train, labels, Split.Train, skipped), held = Read(start, validation, labels, Split.Validation, skipped);
        if (learned.Count == 0) throw new ArgumentException("No picture of the training set could be decoded.", nameof(train));
        TrainHead(start, network, learned, held, cancellation);
        return new ImageClassificationModel(new ModelZip(network, start.Manifest with
        {
            CreatedBy = "EmotionMLNet ImageClassificationTrainer",
            CreatedAt = null,
            Labels = labels,
            Head = network.Head,
            DataFingerprint = null,
            Metrics = new Dictionary<string, double>(),
            Settings = null,
        }), skipped);
    }

    // Shuffled once, the first part is held out.
    private (IReadOnlyList<(string, string)> Train, IReadOnlyList<(string, string)> Validation) Divide(IReadOnlyList<(string, string)> train, IReadOnlyList<(string, string)>? validation)
    {
        if (validation is not null || options.ValidationSetFraction is not { } fraction) return (train, validation ?? []);
        (string, string)[] order = [.. train];
        new RandomStream(RandomStream.Key((ulong)options.Seed, 0)).Shuffle(order.AsSpan());
        int count = (int)(order.Length * fraction);
        return (order[count..], order[..count]);
    }

    private static ImageSet Read(ModelZip start, IReadOnlyList<(string Path, string Label)> samples, string[] labels, Split split, List<(string, string)> skipped)
    {
        var pixels = new List<byte[]>();
        var classes = new List<int>();
        var sources = new List<string>();
        foreach ((string path, string label) in samples)
        {
            int c = Array.IndexOf(labels, label);
            if (c < 0) throw new ArgumentException($"The label '{label}' of the validation set is not among those of the training set.", nameof(samples));
            try
            {
                var picture = new byte[start.Manifest.Preprocessing.Length];
                start.Manifest.Preprocessing.ReadPixels(RegularFile.ReadAllBytes(path), picture);
                pixels.Add(picture);
                classes.Add(c);
                sources.Add(path);
            }
            catch (ImageFormatException e)
            {
                skipped.Add((path, e.Message));
            }
        }
        return new ImageSet(split, split.ToString(), labels, [.. classes], [.. pixels], [.. sources]);
    }

    private void TrainHead(ModelZip start, Network network, ImageSet train, ImageSet validation, CancellationToken cancellation)
    {
        using var team = new ThreadTeam(Environment.ProcessorCount);
        (float[][] learned, float[][] held) = Features(start, network, train, validation, team, cancellation);
        var last = (Linear)network.Nodes[^1].Layer;
        var standardisation = new Standardisation(learned, last.InFeatures);
        var builder = new NetworkBuilder(Shape.Vector(last.InFeatures));
        var head = new Linear(last.InFeatures, last.OutFeatures);
        builder.Add("head", head);
        Network small = builder.Build();
        small.Initialise(options.Seed);
        for (int i = 0; i < head.Weight.Length; i++) head.Weight.Value[i] *= 0.1f; // deviation 0.001, as ML.NET draws them

        var plan = new TrainingPlan(small, Math.Min(options.BatchSize, train.Count), team);
        var optimiser = new Sgd([.. small.Parameters.Select(p => p.Parameter)], momentum: 0, nesterov: false);
        var loss = new SoftmaxCrossEntropy(train.Labels.Count);
        var targets = new Tensor(plan.Input.Capacity, Shape.Vector(train.Labels.Count));
        EarlyStopping.Watch? watch = options.EarlyStoppingCriteria is { } criteria && (held.Length > 0 || options.TestOnTrainSet) ? new EarlyStopping.Watch(criteria) : null;
        int batches = (train.Count + plan.Input.Capacity - 1) / plan.Input.Capacity, step = 0;
        int[] order = [.. Enumerable.Range(0, train.Count)];
        for (int epoch = 0; epoch < options.Epoch && !cancellation.IsCancellationRequested; epoch++)
        {
            new RandomStream(RandomStream.Key((ulong)options.Seed, 1 + (ulong)epoch)).Shuffle(order.AsSpan());
            float rate = 0;
            for (int batch = 0; batch < batches; batch++)
            {
                rate = (float)(options.LearningRateScheduler?.Rate(options.LearningRate, step++, batches, options.BatchSize) ?? options.LearningRate);
                ReadOnlySpan<int> rows = order.AsSpan(batch * plan.Input.Capacity, Math.Min(plan.Input.Capacity, order.Length - batch * plan.Input.Capacity));
                (plan.Input.Batch, targets.Batch) = (rows.Length, rows.Length);
                targets.Span.Clear();
                for (int n = 0; n < rows.Length; n++)
                {
                    standardisation.Apply(learned[rows[n]], plan.Input.Image(n));
                    targets.Image(n)[train.Classes[rows[n]]] = 1;
                }
                plan.Forward(seed: 0);
                loss.Compute(plan.Logits, targets.Span, plan.LogitsGradient);
                plan.Backward();
                optimiser.Step(rate);
            }
            (double Accuracy, double Loss)? watched = null;
            if (options.TestOnTrainSet) watched = Tell(ImageClassificationDataset.Train, learned, train);
            if (held.Length > 0) watched = Tell(ImageClassificationDataset.Validation, held, validation);
            if (watch is not null && watch.ShouldStop(watched!.Value.Accuracy, watched.Value.Loss)) break;

            (double, double) Tell(ImageClassificationDataset dataset, float[][] features, ImageSet set)
            {
                ClassificationReport report = Measure(small, features, set, standardisation, team);
                options.MetricsCallback?.Invoke(new ImageClassificationMetrics(null, new TrainMetrics(dataset, batches, epoch, (float)report.Accuracy, (float)report.LogLoss, rate)));
                return (report.Accuracy, report.LogLoss);
            }
        }
        standardisation.Fold(head, last);
    }

    private (float[][] Train, float[][] Validation) Features(ModelZip start, Network network, ImageSet train, ImageSet validation, ThreadTeam team, CancellationToken cancellation)
    {
        Network backbone = NetworkPrefix.Of(network, network.Nodes[^1].Inputs[0]);
        string workspace = options.WorkspacePath ?? Directory.CreateTempSubdirectory("emotionmlnet-").FullName;
        try
        {
            return (Of(train, options.ReuseTrainSetBottleneckCachedValues, "train", ImageClassificationDataset.Train), Of(validation, options.ReuseValidationSetBottleneckCachedValues, "validation", ImageClassificationDataset.Validation));
        }
        finally
        {
            if (options.WorkspacePath is null) Directory.Delete(workspace, recursive: true);
        }

        float[][] Of(ImageSet images, bool reuse, string name, ImageClassificationDataset dataset)
        {
            string folder = Path.Combine(workspace, $"bottlenecks-{name}");
            if (!reuse && Directory.Exists(folder)) foreach (string old in Directory.GetFiles(folder, $"*{BottleneckCache.Extension}")) File.Delete(old);
            var bottlenecks = new Bottlenecks(backbone, start.Manifest.Preprocessing, new BottleneckCache(folder, backbone, start.Manifest.Preprocessing), team);
            float[][] features = bottlenecks.Of(images, null, cancellation);
            for (int i = 0; i < features.Length; i++) options.MetricsCallback?.Invoke(new ImageClassificationMetrics(new BottleneckMetrics(dataset, i + 1), null));
            return features;
        }
    }

    private static ClassificationReport Measure(Network head, float[][] features, ImageSet images, Standardisation standardisation, ThreadTeam team)
    {
        var session = new InferenceSession(InferencePlan.Compile(head), features.Length, team);
        for (int n = 0; n < features.Length; n++) standardisation.Apply(features[n], session.Input.Image(n));
        session.Run();
        return ClassificationReport.Compute(images.Labels, session.Probabilities.Span.ToArray(), images.Classes);
    }
}
